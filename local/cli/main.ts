/** `npm run local -- COMMAND`: results on standard output, progress and one-line errors on standard error. */
import { createRequire } from "node:module";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import type * as Commands from "./commands";
import { parseCommandLine, UsageError } from "./arguments";
import { stateFolder } from "./checkout";
import { exitCodeOf, Interrupted, interruptSignal } from "./interruption";
import { commandUsage, overview } from "./usage";

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseCommandLine(argv);
  if ("help" in parsed) {
    console.log(parsed.help ? commandUsage(parsed.help) : overview());
    return 0;
  }
  const progress = openProgress();
  const signal = interruptSignal(() => progress.note("Stopping ..."));
  try {
    // Loaded only now: it takes a second or two, and Ctrl-C has to be heard in them.
    const { commands } = createRequire(__filename)("./commands") as typeof Commands;
    signal.throwIfAborted();
    const code = await commands[parsed.command]({
      invocation: parsed,
      stateDir: stateFolder(parsed.state, process.env),
      signal,
      progress,
      env: process.env,
      print: (text) => console.log(text),
    });
    signal.throwIfAborted();
    return code;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    progress.close();
  }
}

void main(process.argv.slice(2))
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    if (error instanceof Interrupted) return exitCodeOf(error);
    return error instanceof UsageError ? 2 : 1;
  })
  .then((code) => {
    // The Automation API may leave a connection open that would keep the process.
    process.exit(code);
  });
