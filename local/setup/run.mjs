// @ts-check
/* global AbortController */
/**
 * `node local/setup/run.mjs COMMAND [ARGUMENTS]`: makes sure that what the command needs is there and
 * hands over to it. Plain JavaScript without packages, because on a fresh clone there are none.
 */
import { constants } from "node:os";
import { azureCli, findAzureCli } from "./azureCli.mjs";
import { commands, usage } from "./commands.mjs";
import { compilation } from "./compilation.mjs";
import { SetupError } from "./commandRun.mjs";
import { debianPackages } from "./debianPackages.mjs";
import { handOver } from "./handOver.mjs";
import { npmPackages } from "./npmPackages.mjs";
import { cacheFolder, checkout } from "./paths.mjs";
import { prepareParts } from "./preparation.mjs";
import progress from "./progress.cjs";
import { findEngine, pulumiEngine } from "./pulumiEngine.mjs";

/** @typedef {import("./part.d.mts").Context} Context */

/**
 * Exit code of a setup that a signal ended.
 * @type {number | undefined}
 */
let stopCode;

/**
 * @param {import("./commands.mjs").Need} need
 * @param {Context} context
 */
async function partsFor(need, context) {
  const parts = [npmPackages(context)];
  if (need === "packages") return parts;
  parts.push(compilation(context));
  if (need === "compiled") return parts;
  const withPython = (await findAzureCli(context)) === undefined;
  const debian = debianPackages(context, { withPython });
  const azure = azureCli(context);
  return [pulumiEngine(context), { ...azure, after: [debian.key] }, debian, ...parts];
}

/** @param {Context} context */
async function toolVariables(context) {
  return {
    GATED_IMPORTS_PULUMI: await findEngine(context),
    GATED_IMPORTS_AZ: await findAzureCli(context),
  };
}

/** Containers, their networks and low ports take the administrator here. */
function requireAdministrator() {
  if (process.getuid?.() === 0) return;
  throw new SetupError(
    "starting containers needs root here; run the same command as root (sudo -E npm run ...)",
  );
}

/** @param {string[]} argv */
async function main([name, ...args]) {
  const command = name === undefined ? undefined : commands[name];
  if (!command) {
    const asked = name === "--help" || name === "-h";
    (asked ? process.stdout : process.stderr).write(`${usage()}\n`);
    return asked ? 0 : 2;
  }
  const context = { checkout, cache: cacheFolder(process.env), env: process.env };
  const need = command.needs(args);
  if (need === "tools") requireAdministrator();

  const stopped = new AbortController();
  const stop = (/** @type {"SIGINT" | "SIGTERM"} */ signal) => {
    stopCode = 128 + constants.signals[signal];
    stopped.abort(new SetupError(`stopped by ${signal}; the next run goes on from what is ready`));
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  await prepareParts(await partsFor(need, context), {
    cache: context.cache,
    signal: stopped.signal,
    openProgress: () => progress.openProgress(),
  });
  process.off("SIGINT", stop).off("SIGTERM", stop);

  const variables = need === "tools" ? await toolVariables(context) : {};
  return handOver(command.target(checkout, args), { ...process.env, ...variables });
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (/** @type {unknown} */ error) => {
    if (!(error instanceof SetupError)) throw error;
    for (const line of error.lines) process.stderr.write(`  ${line}\n`);
    const where = error.log ? ` (all output: ${error.log})` : "";
    process.stderr.write(`${error.message}${where}\n`);
    process.exitCode = stopCode ?? 1;
  },
);
