/** One measurement of a company of some size: up from empty and a preview, on an Azure without builds. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { processesOf } from "../../daemon/processes";
import { startInstantAzure } from "./instantAzure";
import type { Operation, OperationMeasures, ProgramMessage, ProgramOrder } from "./programProcess";

/** Of one operation. */
export interface Measures extends OperationMeasures {
  /** Bytes: the largest resident set of an engine process. */
  engineMemory: number;
}

export interface CompanyMeasures extends Record<Operation, Measures> {
  apps: number;
  /** Up from empty again, with an engine that writes the stack's state once, at the end. */
  upWrittenOnce: Measures;
}

export interface CompanyOptions {
  apps: number;
  /** Is emptied before and removed after. */
  stateDir: string;
  programDir: string;
  pulumiBinary: string;
  progress: Progress;
  signal: AbortSignal;
}

/** @throws Error when an operation fails, or finds something to do that was done */
export async function measureCompany(options: CompanyOptions): Promise<CompanyMeasures> {
  const { apps } = options;
  const [up, preview] = await withEmptyStack(options, {}, async (measure) => [
    await measure("up", "Up from empty"),
    await measure("preview", "Preview, no change"),
  ]);
  const upWrittenOnce = await withEmptyStack(
    options,
    { PULUMI_SKIP_CHECKPOINTS: "true" },
    (measure) => measure("up", "Up, state written once"),
  );
  return { apps, up, preview, upWrittenOnce };
}

/** Gives `work` a stack without resources on an Azure of its own. */
async function withEmptyStack<T>(
  options: CompanyOptions,
  engineVariables: Record<string, string>,
  work: (measure: (operation: Operation, title: string) => Promise<Measures>) => Promise<T>,
): Promise<T> {
  const { apps, stateDir, programDir, pulumiBinary, signal } = options;
  rmSync(stateDir, { recursive: true, force: true });
  signal.throwIfAborted();
  const azure = await startInstantAzure(stateDir);
  try {
    const stack = {
      stateDir,
      programDir,
      pulumiBinary,
      environment: { ...azure.environment, ...engineVariables },
      debugProviders: azure.debugProviders,
      secrets: Object.fromEntries(
        ["dockerHubUser", "dockerHubPassword", "gitToken"].map((name) => [
          `gated-imports:${name}`,
          `${name}-of-the-benchmark`,
        ]),
      ),
    };
    return await work((operation, title) =>
      measureOperation(
        { operation, stack, apps },
        { ...options, title: `${title}, ${apps} ${apps === 1 ? "app" : "apps"}` },
      ),
    );
  } finally {
    await azure.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** Milliseconds between two looks at the engine's memory. */
const lookEvery = 200;

async function measureOperation(
  order: ProgramOrder,
  { progress, signal, stateDir, title }: CompanyOptions & { title: string },
): Promise<Measures> {
  const step = progress.start(title);
  const child = spawn(process.execPath, [join(__dirname, "programProcess.js")], {
    // A session of its own: Ctrl-C in the terminal comes through here, once.
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const abort = (): void => void child.kill("SIGINT");
  signal.addEventListener("abort", abort, { once: true });
  let engineMemory = 0;
  const look = setInterval(() => {
    engineMemory = Math.max(engineMemory, ...enginePeaks(child.pid ?? 0, stateDir));
  }, lookEvery);
  try {
    const measures = await listen(child, order, (at) => step.update(`${at} resources`));
    step.done();
    return { ...measures, engineMemory };
  } catch (error) {
    step.fail();
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(look);
    signal.removeEventListener("abort", abort);
  }
}

/** Hands the work over and listens until the process has ended. */
function listen(
  child: ChildProcess,
  order: ProgramOrder,
  at: (resources: number) => void,
): Promise<OperationMeasures> {
  let measures: OperationMeasures | undefined;
  let failure: string | undefined;
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.on("message", (message: ProgramMessage) => {
      if ("at" in message) at(message.at);
      else if ("measures" in message) measures = message.measures;
      else failure = message.failure;
    });
    child.once("close", (code, cause) => {
      if (measures) resolve(measures);
      else reject(new Error(failure ?? `the program's process ended with ${code ?? cause}`));
    });
    child.send(order);
  });
}

/** Peak resident memory of each running engine that the process has started, in bytes. */
function enginePeaks(pid: number, stateDir: string): number[] {
  return processesOf(pid, stateDir).flatMap((each) => {
    try {
      const status = readFileSync(`/proc/${each}/status`, "utf8");
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
      return /^Name:\s+pulumi$/m.test(status) && kilobytes ? [Number(kilobytes) * 1024] : [];
    } catch {
      // It ended meanwhile.
      return [];
    }
  });
}
