// @ts-check
/** The npm packages of this checkout, exactly as package-lock.json says. */
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./commandRun.mjs";
import { folderKey } from "./paths.mjs";

/**
 * @param {import("./part.d.mts").Context} context
 * @returns {import("./part.d.mts").Part}
 */
export function npmPackages({ checkout, env }) {
  const lockFile = join(checkout, "package-lock.json");
  const stamp = join(checkout, "node_modules", ".gated-imports");
  const wanted = () => createHash("sha256").update(readFileSync(lockFile)).digest("hex");

  return {
    title: "npm packages",
    key: `npm-${folderKey(checkout)}`,
    async isReady() {
      if (readText(stamp) === wanted()) return true;
      // Installed by hand: npm writes this file last.
      const installed = statSync(join(checkout, "node_modules", ".package-lock.json"), {
        throwIfNoEntry: false,
      });
      return installed !== undefined && installed.mtimeMs >= statSync(lockFile).mtimeMs;
    },
    async prepare(work) {
      const npm = env.npm_execpath ? [process.execPath, env.npm_execpath] : ["npm"];
      const command = [...npm, "ci", "--no-audit", "--no-fund", "--loglevel=warn"];
      await runCommand(command, { ...work, cwd: checkout, env });
      writeFileSync(stamp, wanted());
    },
  };
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
