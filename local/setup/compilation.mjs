// @ts-check
/** The compiled local Azure in local/dist: done again when a source changed. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, SetupError } from "./commandRun.mjs";
import { folderKey } from "./paths.mjs";

const skippedFolders = new Set(["node_modules", "dist", "setup"]);

/**
 * @param {import("./part.d.mts").Context} context
 * @returns {import("./part.d.mts").Part}
 */
export function compilation({ checkout, env }) {
  const folder = join(checkout, "local");
  const output = join(folder, "dist");
  const stamp = join(output, ".compiled");
  const wanted = () =>
    fingerprint([
      join(checkout, "tsconfig.base.json"),
      join(checkout, "package-lock.json"),
      join(folder, "tsconfig.json"),
      ...sources(folder),
    ]);

  return {
    title: "Compile the local Azure",
    key: `compile-${folderKey(checkout)}`,
    after: [`npm-${folderKey(checkout)}`],
    isReady: async () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted(),
    async prepare(work) {
      // Without a stamp nobody knows what is in the folder; the compiler's own notes would be believed.
      if (!existsSync(stamp)) rmSync(output, { recursive: true, force: true });
      const before = wanted();
      const compiler = join(checkout, "node_modules", "typescript", "bin", "tsc");
      try {
        const command = [process.execPath, compiler, "-p", folder];
        await runCommand(command, { ...work, cwd: checkout, env });
      } catch (error) {
        if (!(error instanceof SetupError)) throw error;
        throw new SetupError("the sources have faults", { lines: error.lines, log: error.log });
      }
      writeFileSync(stamp, before);
    },
  };
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !skippedFolders.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return entry.name.endsWith(".ts") ? [path] : [];
    })
    .sort();
}

/** @param {string[]} paths */
function fingerprint(paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest("hex");
}
