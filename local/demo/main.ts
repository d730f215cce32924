/** `npm run demo`: the article's story on a local Azure of its own, from nothing to nothing. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { duration, openProgress, type Progress } from "@gated-imports/local/setup/progress.cjs";
import { checkoutFolder } from "../cli/checkout";
import { exitCodeOf, Interrupted, interruptSignal } from "../cli/interruption";
import { controlClient, NotRunning } from "../daemon/controlClient";
import { colourTable, runTable } from "./reports";
import { playEnd, playWorkflow, type StoryRecord } from "./script";
import { openStory } from "./story";

const help = `npm run demo [-- --keep]

The whole gated workflow from nothing, with one local Azure of its own in .local/demo:
without the gate a red public image reaches the page; with it the red one is stopped and a green one arrives.
Exit code 0 only when all of it happened. Takes a minute or two.

  --keep      leave it running at the end, green page included
  --help, -h  this text`;

interface Demo {
  stateDir: string;
  keep: boolean;
  progress: Progress;
  signal: AbortSignal;
}

/** Clears what an earlier demo left; one that still runs is not touched. */
async function clearState(stateDir: string): Promise<void> {
  const running = await controlClient(stateDir)
    .status()
    .then(
      () => true,
      (error: unknown) => !(error instanceof NotRunning),
    );
  if (running)
    throw new Error(
      `a demo runs or was kept in ${stateDir}; stop it first with: npm run local -- down --state ${stateDir}`,
    );
  if (existsSync(stateDir)) rmSync(stateDir, { recursive: true, force: true });
}

async function play({ stateDir, keep, progress, signal }: Demo): Promise<void> {
  await clearState(stateDir);
  const began = Date.now();
  const story = openStory({ stateDir, progress, signal, env: process.env });
  const record: StoryRecord = { colours: [], runs: [] };
  let held = false;
  try {
    await playWorkflow({ story, progress, record });
    if (!keep) await playEnd({ story, progress, record });
    held = true;
  } finally {
    if (!keep || !held) {
      const step = progress.start("Stopping everything");
      if (await controlClient(stateDir).stop()) step.done();
      else step.stop("nothing runs");
      // A story that broke leaves its logs to look at; the next demo clears them.
      if (held || signal.aborted) rmSync(stateDir, { recursive: true, force: true });
    }
    if (record.runs.length > 0) progress.note(`\n${runTable(record.runs)}`);
    if (record.colours.length > 0) progress.note(`\n${colourTable(record.colours)}`);
  }
  progress.note(`\nThe story held; it took ${duration(Date.now() - began)}.`);
  if (keep) progress.note(keptText(stateDir));
}

function keptText(stateDir: string): string {
  return [
    "It goes on running:",
    `  look   npm run local -- status --state ${stateDir}`,
    `         eval "$(npm run --silent local -- env --state ${stateDir})"`,
    `  stop   npm run local -- destroy --state ${stateDir}`,
    `         npm run local -- down --delete --state ${stateDir}`,
  ].join("\n");
}

async function main(argv: string[]): Promise<number> {
  let values: { keep?: boolean; help?: boolean };
  try {
    ({ values } = parseArgs({
      args: argv,
      options: { keep: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    }));
  } catch (error) {
    console.error(`${(error as Error).message.split(". ", 1)[0]}; see npm run demo -- --help`);
    return 2;
  }
  if (values.help) {
    console.log(help);
    return 0;
  }
  const progress = openProgress({ stream: process.stdout });
  const signal = interruptSignal(() => progress.note("Stopping ..."));
  const stateDir = join(checkoutFolder(), ".local", "demo");
  try {
    await play({ stateDir, keep: values.keep ?? false, progress, signal });
    return 0;
  } catch (error) {
    progress.close();
    const cause: unknown = signal.aborted ? signal.reason : error;
    console.error(cause instanceof Error ? cause.message : String(cause));
    return cause instanceof Interrupted ? exitCodeOf(cause) : 1;
  } finally {
    progress.close();
  }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
