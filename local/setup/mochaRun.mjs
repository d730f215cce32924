// @ts-check
/** Mocha on the tests of this checkout. */
import { join } from "node:path";
import { handOver } from "./handOver.mjs";
import { checkout } from "./paths.mjs";

/**
 * Runs mocha and resolves with its exit code.
 * @param {string[]} args files, patterns and options
 * @param {NodeJS.ProcessEnv} env
 */
export async function runMocha(args, env) {
  process.chdir(checkout);
  return await handOver(
    [
      process.execPath,
      join(checkout, "node_modules", "mocha", "bin", "mocha.js"),
      // The configuration's own list would be added to the one given here.
      ...["--no-config", "--require", "ts-node/register/transpile-only", "--extension", "ts"],
      ...["--timeout", "20000", "--forbid-only", ...args],
    ],
    env,
  );
}
