/** `npm run bench`: how long the workflow takes, beside the same work by hand, and the memory it holds. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { checkoutFolder } from "../cli/checkout";
import { exitCodeOf, Interrupted, interruptSignal } from "../cli/interruption";
import { controlClient } from "../daemon/controlClient";
import { openStory } from "../demo/story";
import { measureRound, type Round } from "./measurements";
import { benchmarkTable, type Result } from "./report";
import { measureScale, scaleSizes } from "./scale/scale";
import { scaleTable } from "./scale/scaleReport";

const defaultRuns = 5;
const defaultScaleRuns = 1;

const help = `npm run bench [-- [--scale] [--runs N]]

Medians of N rounds (default ${defaultRuns}) on one local Azure of its own in .local/bench: up from empty to the page, preview
without a change, commit to the page and the same by hand with git, buildah and podman, memory at rest (the
proportional set size of the daemon, all it started and its containers).

With --scale instead (default ${defaultScaleRuns} round, some minutes): up from empty and preview without a change of this program with
${scaleSizes.join(", ")} apps of several teams on 5 base images, in .local/bench-scale. The program, Pulumi's engine, the stand-ins
for its providers and the resource manager are real; task runs and containers succeed at once, and the program's
own scripts are answered without a process. Per app added is the difference to the size before, divided by the
apps between. Memory is the largest resident set of the program's process, and of the engine's. The engine
writes the whole state of the stack before and after each step; "state written once" is without that.

  --scale     growth with the number of apps
  --runs N    rounds
  --help, -h  this text`;

/** All pass the gate; neighbours differ, so that the page must change in each round. */
const colours = ["Green", "SeaGreen", "ForestGreen", "OliveDrab"];

async function bench(runs: number, signal: AbortSignal): Promise<Result> {
  const stateDir = join(checkoutFolder(), ".local", "bench");
  const control = controlClient(stateDir);
  await control.stop();
  if (existsSync(stateDir)) rmSync(stateDir, { recursive: true, force: true });
  const progress = openProgress();
  const quiet = openProgress({ stream: { write: () => undefined } });
  const story = openStory({ stateDir, progress: quiet, signal, env: process.env });
  const rounds: Round[] = [];
  try {
    const began = performance.now();
    await story.start();
    const start = performance.now() - began;
    const { stackSecrets } = await control.settings();
    for (let index = 0; index < runs; index++) {
      progress.note(`Round ${index + 1} of ${runs}`);
      const colour = colours[index % colours.length] ?? "Green";
      rounds.push(await measureRound({ stateDir, story, progress, signal, stackSecrets, colour }));
    }
    return { rounds, start };
  } finally {
    progress.close();
    await control.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function scale(runs: number, signal: AbortSignal): Promise<string> {
  const progress = openProgress();
  try {
    return scaleTable(await measureScale({ runs, progress, signal }));
  } finally {
    progress.close();
  }
}

interface Asked {
  scale: boolean;
  runs: number;
  help: boolean;
}

/** @throws Error when the command line is wrong */
function parse(argv: string[]): Asked {
  const { values } = parseArgs({
    args: argv,
    options: {
      scale: { type: "boolean", default: false },
      runs: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const runs = Number(values.runs ?? (values.scale ? defaultScaleRuns : defaultRuns));
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs must be a whole number of 1 or more, not ${values.runs}`);
  return { runs, scale: values.scale, help: values.help };
}

async function main(argv: string[]): Promise<number> {
  let asked: Asked;
  try {
    asked = parse(argv);
  } catch (error) {
    console.error(`${(error as Error).message.split(". ", 1)[0]}; see npm run bench -- --help`);
    return 2;
  }
  if (asked.help) {
    console.log(help);
    return 0;
  }
  const signal = interruptSignal(() => console.error("Stopping ..."));
  try {
    const table = asked.scale
      ? await scale(asked.runs, signal)
      : benchmarkTable(await bench(asked.runs, signal));
    console.log(table);
    return 0;
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    console.error(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof Interrupted ? exitCodeOf(cause) : 1;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
