// @ts-check
/** `npm run coverage`: the unit tests of program and policies, and which branches of them no test takes. */
import { join } from "node:path";
import { handOver } from "./handOver.mjs";
import { checkout } from "./paths.mjs";

const help = `npm run coverage

Runs the unit tests of the program and of the policies, which need no tool but Node.js, and lists the lines that none of
them reaches. Exit code 1 below the limits in .c8rc.json, or when a test fails.`;

/** The policies' test on the real engine is left out: it runs in processes of its own. */
const specs = ["tests/components/**/*.test.ts", "tests/policies/!(engine).test.ts"];

if (process.argv.slice(2).some((argument) => ["--help", "-h"].includes(argument))) {
  console.log(help);
} else {
  const module = (/** @type {string[]} */ ...path) => join(checkout, "node_modules", ...path);
  process.chdir(checkout);
  process.exitCode = await handOver(
    [
      ...[process.execPath, module("c8", "bin", "c8.js")],
      ...[process.execPath, module("mocha", "bin", "mocha.js"), "--no-config", "--forbid-only"],
      ...["--require", "ts-node/register/transpile-only", "--extension", "ts"],
      ...["--timeout", "20000", "--reporter", "dot", ...specs],
    ],
    process.env,
  );
}
