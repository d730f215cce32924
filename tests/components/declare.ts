/** Runs a piece of the program against mocked resources and tells what it declared. */
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import { azureFunctions, type AzureFunction, type Made } from "./azureFunctions";
import { answer } from "./azureMocks";
import { declarations, type Declarations, type Registration } from "./declaration";

/** A function of Azure's that the program called. */
export interface Call {
  token: string;
  inputs: Record<string, unknown>;
}

export interface Declared<T> extends Declarations {
  result: T;
  calls: Call[];
  /** With `failing`: what ended the program beside what `build` throws, outputs that could not be had. */
  failures: Error[];
}

/** Left out of the SDK's type declarations. */
const internals = settings as unknown as {
  /** Resolves when all that was declared so far is registered. */
  waitForRPCs(): Promise<void>;
};

/** Keeps what functions ask for: tasks, and whether they ran. Secret or not is nothing to Azure. */
function note(inputs: Record<string, unknown>, { tasks, ran }: Made): void {
  const { registryName, taskName, create, environment } = inputs;
  if (create === "node firstRun.cjs") {
    const { TASK_ID } = environment as Record<string, unknown>;
    // In a preview it is not known, and no text.
    if (typeof TASK_ID === "string") ran.push(TASK_ID.split("/registries/").at(-1) ?? "");
  }
  if (!taskName) return;
  const plain = Object.entries(inputs).map(([key, value]) => [
    key,
    pulumi.runtime.unwrapRpcSecret(value),
  ]);
  tasks.set(`${String(registryName)}/${String(taskName)}`, Object.fromEntries(plain));
}

type Answer<T> = (error: Error | null, response?: T) => void;

interface Monitor {
  registerResource(request: Registration, callback: Answer<{ getUrn(): string }>): Promise<void>;
}

export interface Circumstances {
  preview?: boolean;
  /** With `preview`: all is there already, so all is known. */
  deployed?: boolean;
  config?: Record<string, string>;
  secretKeys?: string[];
  /** Answers of Azure's functions in place of the usual ones, by token. */
  functions?: Record<string, AzureFunction>;
  /** What Azure says of resources in place of the usual, by the type's token. */
  outputs?: Record<string, (name: string) => Record<string, unknown>>;
  /** Whether the program is expected to end with an error. */
  failing?: boolean;
}

/**
 * Calls `build` and waits until everything it declared is registered.
 * @throws whatever `build` throws, and what else ends the program unless that is expected
 */
export async function declare<T>(
  build: () => T,
  circumstances: Circumstances = {},
): Promise<Declared<T>> {
  const { preview = false, deployed = false, config = {}, secretKeys = [] } = circumstances;
  const made: Made = { tasks: new Map(), ran: [] };
  const ask = azureFunctions(made, circumstances.functions);
  const calls: Call[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        note(args.inputs as Record<string, unknown>, made);
        const { id, state } = answer(args, preview && !deployed);
        return { id, state: { ...state, ...circumstances.outputs?.[args.type]?.(args.name) } };
      },
      call: ({ token, inputs }) => {
        calls.push({ token, inputs });
        return ask(token, inputs);
      },
    },
    "gated-imports",
    "test",
    preview,
  );
  pulumi.runtime.setAllConfig(config, secretKeys);
  const seen: { request: Registration; urn: string }[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (response) seen.push({ request, urn: response.getUrn() });
      callback(error, response);
    });

  const failures = collectFailures();
  // The SDK notes where each promise was made. With source maps that takes more time than all the rest.
  const { stackTraceLimit, prepareStackTrace } = Error;
  Object.assign(Error, { stackTraceLimit: 0, prepareStackTrace: String });
  try {
    const result = build();
    await internals.waitForRPCs();
    await pulumi.runtime.disconnect();
    // Node tells of what nobody caught once all else is done.
    await setImmediate();
    const [failure] = failures.all;
    if (failure && !circumstances.failing) throw failure;
    return { result, calls, failures: failures.all, ...declarations(seen) };
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
    failures.stop();
  }
}

/** Takes mocha's place in hearing of outputs that fail, which ends a program but need not end a test. */
function collectFailures(): { all: Error[]; stop(): void } {
  const all: Error[] = [];
  const others = process.listeners("unhandledRejection");
  const collect = (reason: unknown): void => {
    const error = reason as Error;
    if (!all.some(({ message }) => message === error.message)) all.push(error);
  };
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", collect);
  return {
    all,
    stop: () => {
      process.off("unhandledRejection", collect);
      for (const other of others) process.on("unhandledRejection", other);
    },
  };
}

/**
 * What an output holds once all is known.
 * @throws what keeps it from being known
 */
export const valueOf = <T>(output: pulumi.Input<T>): Promise<T> =>
  (pulumi.output(output) as unknown as { promise(): Promise<T> }).promise();
