// @ts-check
/** The commands of this checkout: what each needs and what it hands over to. */
import { join } from "node:path";

/**
 * What a command needs: `packages` npm packages, `compiled` also the compiled local Azure, `tools` also
 * all programs of the machine.
 * @typedef {"packages" | "compiled" | "tools"} Need
 *
 * @typedef {object} Command
 * @property {string} summary one line for the list of commands
 * @property {(args: string[]) => Need} needs
 * @property {(checkout: string, args: string[]) => string[]} target program and arguments
 */

/** Sub-commands of `local` that start nothing and ask nothing of the engine. */
const localWithoutTools = new Set(["status", "logs", "down", "help", undefined]);

/** @param {string[]} args */
const asksForHelp = (args) => args.includes("--help") || args.includes("-h");

/** @param {string[]} args */
const toolsUnlessHelp = (args) => (asksForHelp(args) ? "compiled" : "tools");

/**
 * Whether a stack of the local Azure is meant, by `--stack NAME` or `--stack=NAME`.
 * @param {string[]} args
 */
function onLocalAzure(args) {
  const at = args.findIndex((word) => word === "--stack" || word.startsWith("--stack="));
  if (at < 0) return true;
  const [, name = args[at + 1]] = (args[at] ?? "").split("=");
  return name === "local";
}

/**
 * @param {string} folder below local/dist
 * @returns {Command["target"]}
 */
const compiledProgram = (folder) => (checkout, args) => [
  process.execPath,
  join(checkout, "local", "dist", folder, "main.js"),
  ...args,
];

/**
 * @param {string} file below local/setup
 * @returns {Command["target"]}
 */
const setupScript = (file) => (checkout, args) => [
  process.execPath,
  join(checkout, "local", "setup", file),
  ...args,
];

/** @type {Record<string, Command>} */
export const commands = {
  demo: {
    summary: "the whole story from nothing to a green page, then everything stopped again",
    needs: toolsUnlessHelp,
    target: compiledProgram("demo"),
  },
  local: {
    summary: "the local Azure step by step: up, preview, refresh, destroy, outputs, status, ...",
    needs: (args) =>
      localWithoutTools.has(args.find((argument) => !argument.startsWith("-")))
        ? "compiled"
        : toolsUnlessHelp(args),
    target: compiledProgram("cli"),
  },
  preflight: {
    summary: "before the first up: what would make it fail; on Azure with --stack NAME",
    needs: (args) => (onLocalAzure(args) ? toolsUnlessHelp(args) : "packages"),
    target: (checkout, args) => [
      process.execPath,
      ...["-r", "ts-node/register/transpile-only"],
      join(checkout, "preflight", "main.ts"),
      ...args,
    ],
  },
  bench: {
    summary: "how long it takes and how much memory it holds, beside the same work done by hand",
    needs: toolsUnlessHelp,
    target: compiledProgram("bench"),
  },
  test: {
    summary: "all tests; arguments go to mocha",
    needs: toolsUnlessHelp,
    target: setupScript("testRun.mjs"),
  },
  soak: {
    summary: "the long campaigns whole: operations cut off, resources deleted",
    needs: toolsUnlessHelp,
    target: setupScript("soakRun.mjs"),
  },
  coverage: {
    summary: "unit tests of program and policies, and what they do not reach",
    needs: () => "packages",
    target: setupScript("coverageRun.mjs"),
  },
  check: {
    summary: "types, lint and format",
    needs: () => "packages",
    target: setupScript("checks.mjs"),
  },
};

/** The list of commands for a person. */
export function usage() {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  npm run ${name.padEnd(width)}  ${summary}`,
  );
  return [...lines, "", "Each takes --help behind two dashes: npm run local -- --help"].join("\n");
}
