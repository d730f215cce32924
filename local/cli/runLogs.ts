/** Finds a task run by what a person typed and prints its log, on request until it ends. */
import { setTimeout as pause } from "node:timers/promises";
import type { ControlClient } from "../daemon/controlClient";
import type { RunRecord } from "../daemon/types";
import { isFinished } from "./runWords";

const lookEvery = 200;

/**
 * The newest run, or the one named `RUN` or `REGISTRY/RUN`.
 * @throws Error that tells the newest runs when there is none of that name
 */
export function selectRun(runs: readonly RunRecord[], asked: string | undefined): RunRecord {
  const newest = runs[0];
  if (!newest) throw new Error("no task has run yet; start with: npm run local -- up");
  if (asked === undefined) return newest;
  const [runId = "", registry] = asked.toLowerCase().split("/").reverse();
  const named = runs.filter(
    (run) =>
      run.runId.toLowerCase() === runId &&
      (registry === undefined || run.registry.toLowerCase() === registry),
  );
  const [only, second] = named;
  if (only && !second) return only;
  if (only && second)
    throw new Error(
      `${asked} is a run of ${named.map((run) => run.registry).join(" and of ")}; say REGISTRY/RUN`,
    );
  const known = runs.slice(0, 5).map((run) => `${run.registry}/${run.runId}`);
  throw new Error(`there is no run ${asked}; the newest are ${known.join(", ")}`);
}

/** Adds this machine's own way to a run's log to a message that names az's. */
export function withLogCommand(message: string): string {
  const named = /az acr task logs --registry (\S+) --run-id (\w+)/g;
  return message.replace(named, "$& (or: npm run local -- logs $1/$2)");
}

export interface PrintLogOptions {
  follow: boolean;
  signal: AbortSignal;
  write: (text: string) => void;
}

/** Prints the log; resolves with the run as it was then. */
export async function printLog(
  control: Pick<ControlClient, "runLog">,
  run: RunRecord,
  { follow, signal, write }: PrintLogOptions,
): Promise<RunRecord> {
  let printed = 0;
  for (;;) {
    const { run: now, text } = await control.runLog(run);
    write(text.slice(printed));
    printed = Math.max(printed, text.length);
    if (!follow || isFinished(now)) return now;
    await pause(lookEvery, undefined, { signal });
  }
}
