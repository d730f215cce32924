/**
 * `node programProcess.js`, started by `measureCompany`: the process in which the Pulumi program runs, alone and for one
 * operation, as on the command line; so its memory and nobody else's is what it tells. It is told its work in one message
 * and tells what it found in messages.
 */
import { changeSettings } from "../../demo/stackSettings";
import { openStack, type LocalStack, type StackOptions } from "../../pulumi/stack";
import { companyWith } from "./settings";

export type Operation = "up" | "preview";

export interface ProgramOrder {
  operation: Operation;
  stack: StackOptions;
  /** How many apps the company has. */
  apps: number;
}

export interface OperationMeasures {
  /** Milliseconds of the operation, without the start of the process. */
  time: number;
  /** Pulumi resources, components included. */
  resources: number;
  /** Bytes: the largest resident set that the process had. */
  memory: number;
}

export type ProgramMessage = { at: number } | { measures: OperationMeasures } | { failure: string };

const stopping = new AbortController();
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => stopping.abort(new Error(`stopped by ${name}`)));
// Whoever started this is gone.
process.on("disconnect", () => stopping.abort(new Error("the benchmark is gone")));

const tell = (message: ProgramMessage): void => void process.send?.(message);

type OperationOptions = Parameters<LocalStack["preview"]>[0];

const operations: Record<
  Operation,
  (stack: LocalStack, options: OperationOptions) => Promise<unknown>
> = {
  up: (stack, options) => stack.up(options),
  async preview(stack, options) {
    const { upToDate } = await stack.preview(options);
    if (!upToDate) throw new Error("a preview right after up finds changes");
  },
};

async function work({ operation, stack: options, apps }: ProgramOrder): Promise<void> {
  const stack = await openStack(options);
  changeSettings(options.stateDir, companyWith(apps));
  const seen = new Set<string>();
  const began = performance.now();
  await operations[operation](stack, {
    signal: stopping.signal,
    onProgress(progress) {
      if (progress.kind !== "done") return;
      seen.add(progress.urn);
      if (seen.size % 25 === 0) tell({ at: seen.size });
    },
  });
  const time = performance.now() - began;
  const memory = process.resourceUsage().maxRSS * 1024;
  tell({ measures: { time, resources: seen.size, memory } });
}

process.once("message", (order: ProgramOrder) => {
  work(order)
    .catch((error: unknown) =>
      tell({ failure: error instanceof Error ? error.message : String(error) }),
    )
    .finally(() => process.disconnect());
});
