// @ts-check
/** azure-cli, which the tasks run: `az` from PATH, else a Python environment of its own in the cache. */
import { execFile } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { runCommand, SetupError } from "./commandRun.mjs";
import { findCommand, isExecutable } from "./paths.mjs";
import { toolVersion } from "./toolVersion.mjs";

const run = promisify(execFile);
export const azureCliVersion = "2.91.0";

/** @param {string} cache */
const homeOf = (cache) => join(cache, `azure-cli-${azureCliVersion}`);
/** @param {string} cache */
export const azPath = (cache) => join(homeOf(cache), "bin", "az");

/**
 * The azure-cli to use, if there is one.
 * @param {import("./part.d.mts").Context} context
 * @returns {Promise<string | undefined>}
 */
export async function findAzureCli({ cache, env }) {
  if (env.GATED_IMPORTS_AZ) return env.GATED_IMPORTS_AZ;
  const onPath = findCommand("az", env);
  const version = onPath && (await toolVersion(onPath, ["version"], cache));
  if (onPath && version?.startsWith("2.")) return onPath;
  return (await isComplete(cache)) ? azPath(cache) : undefined;
}

/**
 * A Python environment cannot be built aside and renamed (its paths are absolute), so a stamp written
 * last tells a whole one from a half one. One without a stamp that works is taken as whole.
 * @param {string} cache
 */
async function isComplete(cache) {
  const stamp = join(homeOf(cache), ".complete");
  if (existsSync(stamp)) return isExecutable(azPath(cache));
  if (!isExecutable(azPath(cache))) return false;
  if ((await toolVersion(azPath(cache), ["version"], cache)) !== azureCliVersion) return false;
  writeFileSync(stamp, `${azureCliVersion}\n`);
  return true;
}

/**
 * A python3 that can make environments.
 * @param {NodeJS.ProcessEnv} env
 */
export async function findPython(env) {
  const python = findCommand("python3", env);
  if (!python) return undefined;
  try {
    await run(python, ["-c", "import venv, ensurepip"], { env });
    return python;
  } catch {
    return undefined;
  }
}

/**
 * @param {import("./part.d.mts").Context} context
 * @returns {import("./part.d.mts").Part}
 */
export function azureCli(context) {
  const { cache, env } = context;
  const home = homeOf(cache);
  return {
    title: `azure-cli ${azureCliVersion}`,
    key: `azure-cli-${azureCliVersion}`,
    isReady: async () => (await findAzureCli(context)) !== undefined,
    async prepare(work) {
      const python = await findPython(env);
      if (!python) {
        throw new SetupError(
          "python3 with venv is missing; run: sudo apt-get install -y python3-venv",
        );
      }
      rmSync(home, { recursive: true, force: true });
      await runCommand([python, "-m", "venv", home], { ...work, env });
      const pip = [join(home, "bin", "python"), "-m", "pip", "--disable-pip-version-check"];
      const install = [...pip, "install", "--no-input", "--progress-bar", "off"];
      await runCommand([...install, `azure-cli==${azureCliVersion}`], { ...work, env });
      writeFileSync(join(home, ".complete"), `${azureCliVersion}\n`);
    },
  };
}
