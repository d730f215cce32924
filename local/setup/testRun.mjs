// @ts-check
/** `npm test`: mocha over the program, then the local Azure's parts, then the whole workflow. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runMocha } from "./mochaRun.mjs";
import { checkout } from "./paths.mjs";

const help = `npm test [-- MOCHA ARGUMENTS]

Runs the tests of the program (tests/components), of the policies, of the local Azure (tests/local), of
preflight and of the whole workflow on real parts (tests/workflow). Arguments go to mocha; with files or --spec only those are run:
  npm test -- --grep "tag"
  npm test -- tests/components/teamApp.test.ts`;

/** Quick ones first: a mistake shows early. */
const order = ["components", "policies", "examples", "local", "preflight", "workflow"];

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  console.log(help);
} else {
  const namesTests = args.some(
    (argument) => argument.startsWith("--spec") || /\.test\.ts$/.test(argument),
  );
  const folders = order.filter((name) => existsSync(join(checkout, "tests", name)));
  const specs = namesTests ? [] : folders.map((name) => `tests/${name}/**/*.test.ts`);
  process.exitCode = await runMocha([...specs, ...args], process.env);
}
