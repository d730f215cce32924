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

const defaultRuns = 5;

const help = `npm run bench [-- --runs N]

Medians of N rounds (default ${defaultRuns}) on one local Azure of its own in .local/bench: up from empty to the page, preview
without a change, commit to the page and the same by hand with git, buildah and podman, memory at rest (the
proportional set size of the daemon, all it started and its containers).

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

/** @throws Error when the command line is wrong */
function parse(argv: string[]): { runs: number; help: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: { runs: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const runs = Number(values.runs ?? defaultRuns);
  if (!Number.isInteger(runs) || runs < 1)
    throw new Error(`--runs must be a whole number of 1 or more, not ${values.runs}`);
  return { runs, help: values.help ?? false };
}

async function main(argv: string[]): Promise<number> {
  let asked: ReturnType<typeof parse>;
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
    console.log(benchmarkTable(await bench(asked.runs, signal)));
    return 0;
  } catch (error) {
    const cause: unknown = signal.aborted ? signal.reason : error;
    console.error(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof Interrupted ? exitCodeOf(cause) : 1;
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
