/**
 * One operation on the stack in a process of its own, which a test can kill: the program runs in it. Arguments: state
 * folder, `up`, `refreshing-up` or `destroy`, and the settings that differ, as JSON. Tells each step on standard output, as a line of JSON, and ends
 * with the exit codes of the command line.
 */
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { exitCodeOf, Interrupted, interruptSignal } from "../../../local/cli/interruption";
import { openSession } from "../../../local/cli/session";
import { changeSettings, type StackSettings } from "../../../local/demo/stackSettings";

async function main([stateDir = "", operation = "", settings = "{}"]: string[]): Promise<void> {
  const signal = interruptSignal(() => undefined);
  const session = await openSession({
    stateDir,
    signal,
    progress: openProgress(),
    env: process.env,
  });
  const stack = await session.stack();
  changeSettings(stateDir, (others) => ({ ...others, ...(JSON.parse(settings) as StackSettings) }));
  const options = {
    signal,
    onProgress: (progress: object) => void process.stdout.write(`${JSON.stringify(progress)}\n`),
  };
  try {
    if (operation === "destroy") await stack.destroy(options);
    else await stack.up({ ...options, refresh: operation === "refreshing-up" });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  signal.throwIfAborted();
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof Interrupted ? exitCodeOf(error) : 1);
  },
);
