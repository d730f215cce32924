// @ts-check
/** `npm run check`: types of every part, lint and format, two at a time; the output of those that fail. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "./paths.mjs";
import progress from "./progress.cjs";

const help = `npm run check

Types, lint and format of the whole checkout. Exit code 1 when one of them finds a fault.
To repair format: npx prettier --write .`;

const typeScript = join("node_modules", "typescript", "bin", "tsc");
const checks = [
  { title: "Types of the program and the tests", command: [typeScript, "-p", "."] },
  {
    title: "Types of the local Azure",
    command: [typeScript, "-p", "local", "--noEmit", "--incremental", "false"],
  },
  { title: "Types of the setup", command: [typeScript, "-p", join("local", "setup")] },
  {
    title: "Types of the policies",
    command: [typeScript, "-p", "policies", "--noEmit"],
    only: "policies/tsconfig.json",
  },
  { title: "Lint", command: [join("node_modules", "eslint", "bin", "eslint.js"), "."] },
  {
    title: "Format",
    command: [
      join("node_modules", "prettier", "bin", "prettier.cjs"),
      "--check",
      "--log-level=warn",
      ".",
    ],
  },
].filter(({ only }) => only === undefined || existsSync(join(checkout, only)));

/** @typedef {{ title: string, command: string[] }} Check */

/**
 * @param {string[]} command
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function run(command) {
  const child = spawn(process.execPath, command, {
    cwd: checkout,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const take = (/** @type {Buffer} */ chunk) => {
    output += chunk.toString();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

async function main() {
  if (process.argv.slice(2).some((argument) => ["--help", "-h"].includes(argument))) {
    console.log(help);
    return 0;
  }
  const display = progress.openProgress({ stream: process.stdout });
  const waiting = [...checks];
  let failures = 0;
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const step = display.start(check.title);
      const { code, output } = await run(check.command);
      if (code === 0) {
        step.done();
        continue;
      }
      failures += 1;
      step.fail();
      display.note(output.trimEnd());
    }
  };
  await Promise.all([worker(), worker()]);
  display.close();
  console.log(
    failures === 0 ? "All checks passed." : `${failures} of ${checks.length} checks failed.`,
  );
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main();
