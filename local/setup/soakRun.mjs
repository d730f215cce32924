// @ts-check
/** `npm run soak`: the long campaigns whole, of which `npm test` runs a few rows. */
import { runMocha } from "./mochaRun.mjs";

const help = `npm run soak [-- MOCHA ARGUMENTS]

Runs the campaigns whole: operations that are cut off at each hard moment, and each kind of resource deleted behind
Pulumi's back. Arguments go to mocha:
  npm run soak -- --grep "daemon"`;

const campaigns = ["interruptions", "deletions"].map((name) => `tests/workflow/${name}.test.ts`);

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) console.log(help);
else
  process.exitCode = await runMocha([...campaigns, ...args], {
    ...process.env,
    GATED_IMPORTS_SOAK: "1",
  });
