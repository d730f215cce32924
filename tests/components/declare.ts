/** Runs a piece of the program against mocked resources and tells what it declared. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import * as settings from "@pulumi/pulumi/runtime/settings";
import * as state from "@pulumi/pulumi/runtime/state";
import { azureFunctions, type AzureFunction } from "./azureFunctions";
import { answer, unknownMark } from "./azureMocks";

export type Value =
  string | number | boolean | null | undefined | Value[] | { [key: string]: Value };

export interface Declaration {
  /** The type without package and module, for example `Task`; of a component of ours the whole token. */
  kind: string;
  /** The full token. */
  type: string;
  name: string;
  urn: string;
  /** Logical name of the parent; empty at the top. */
  parent: string;
  /** What the engine is sent, secrets laid open, `unknown` where nothing is known yet. */
  inputs: Record<string, Value>;
  /** Paths in `inputs` that are sent as secrets. */
  secrets: string[];
  /** Logical names with kinds (`Task node-public`) of all that it waits for, by way of others too. */
  waitsFor: ReadonlySet<string>;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  protect: boolean;
  deleteBeforeReplace: boolean;
  /** Logical name; empty when there is none. */
  deletedWith: string;
  /** Names of the hooks that the engine is to call when it fails. */
  errorHooks: string[];
}

/** A function of Azure's that the program called. */
export interface Call {
  token: string;
  inputs: Record<string, unknown>;
}

export interface Declared<T> {
  result: T;
  /** Custom resources and components in the order they were registered. */
  all: Declaration[];
  calls: Call[];
  /** What ended the program beside what `build` throws: outputs that could not be had. */
  failures: Error[];
  /** The one declaration of that kind and name. */
  the(kind: string, name: string): Declaration;
  kinds(kind: string): Declaration[];
}

const secretMark = "4dabf18193072939515e22adb298388d";
export const unknown = "(unknown)";

interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, Value> } | undefined;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getDeletedwith(): string;
  getProtect(): boolean;
  getDeletebeforereplace(): boolean;
  getHooks(): { getOnErrorList(): string[] } | undefined;
}

/** What the engine calls when an operation fails. */
export type Hook = Pick<pulumi.ErrorHook, "name" | "callback">;

/** Listens for the engine in the SDK. The real one opens a port, and takes a second for it. */
interface Callbacks {
  registerErrorHook(hook: Hook): Promise<void>;
  awaitStackRegistrations(): Promise<void>;
  shutdown(): void;
}

/** Left out of the SDK's type declarations. */
const internals = { ...state, ...settings } as unknown as {
  getStore(): { callbacks: Callbacks };
  /** Resolves when all that was declared so far is registered. */
  waitForRPCs(): Promise<void>;
};

const kindOfType = (type: string): string =>
  type.startsWith("gated-imports:") ? type : (type.split(":").at(-1) ?? "");

function open(value: Value, path: string, secrets: string[]): Value {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map((item, i) => open(item, `${path}[${i}]`, secrets));
  if (typeof value !== "object" || value === null) return value;
  if (secretMark in value) {
    secrets.push(path);
    return open(value["value"], path, secrets);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      open(part, path ? `${path}.${key}` : key, secrets),
    ]),
  );
}

/** All that can be reached from `urn`, itself left out. */
function closure(urn: string, edges: ReadonlyMap<string, string[]>): Set<string> {
  const found = new Set<string>();
  const visit = (from: string): void => {
    for (const to of edges.get(from) ?? []) {
      if (found.has(to)) continue;
      found.add(to);
      visit(to);
    }
  };
  visit(urn);
  return found;
}

/** What Azure makes of inputs: secret or not is nothing to it. */
const plain = (inputs: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, pulumi.runtime.unwrapRpcSecret(value)]),
  );

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
  /** Done while the program can be reached, as the engine would. */
  meanwhile?(hooks: readonly Hook[]): Promise<void>;
}

/**
 * Calls `build` and waits until everything it declared is registered.
 * @throws whatever `build` throws
 */
export async function declare<T>(
  build: () => T,
  circumstances: Circumstances = {},
): Promise<Declared<T>> {
  const { preview = false, deployed = false, config = {}, secretKeys = [] } = circumstances;
  const tasks = new Map<string, Record<string, unknown>>();
  const ask = azureFunctions(tasks, circumstances.functions);
  const calls: Call[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const { registryName, taskName } = args.inputs as Record<string, unknown>;
        if (taskName) tasks.set(`${String(registryName)}/${String(taskName)}`, plain(args.inputs));
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
  const hooks: Hook[] = [];
  internals.getStore().callbacks = {
    registerErrorHook: async (hook) => void hooks.push(hook),
    awaitStackRegistrations: async () => {},
    shutdown: () => {},
  };
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
    await circumstances.meanwhile?.(hooks);
    await pulumi.runtime.disconnect();
    // Node tells of what nobody caught once all else is done.
    await setImmediate();
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

function declarations(
  seen: { request: Registration; urn: string }[],
): Pick<Declared<unknown>, "all" | "the" | "kinds"> {
  const edges = new Map(seen.map(({ request, urn }) => [urn, request.getDependenciesList()]));
  const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
  const label = (urn: string): string => {
    const entry = seen.find((one) => one.urn === urn);
    return `${kindOfType(entry?.request.getType() ?? "")} ${nameOf(urn)}`;
  };
  const all = seen.map(({ request, urn }): Declaration => {
    const secrets: string[] = [];
    const inputs = open(request.getObject()?.toJavaScript() ?? {}, "", secrets);
    return {
      kind: kindOfType(request.getType()),
      type: request.getType(),
      name: request.getName(),
      urn,
      parent: nameOf(request.getParent()),
      inputs: inputs as Record<string, Value>,
      secrets,
      waitsFor: new Set([...closure(urn, edges)].map(label)),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      protect: request.getProtect(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      deletedWith: nameOf(request.getDeletedwith()),
      errorHooks: request.getHooks()?.getOnErrorList() ?? [],
    };
  });
  const kinds = (kind: string): Declaration[] => all.filter((one) => one.kind === kind);
  const the = (kind: string, name: string): Declaration => {
    const found = kinds(kind).filter((one) => one.name === name);
    assert.equal(found.length, 1, `one ${kind} ${name}, among ${kinds(kind).map((k) => k.name)}`);
    return found[0] as Declaration;
  };
  return { all, the, kinds };
}

/**
 * What an output holds once all is known.
 * @throws what keeps it from being known
 */
export const valueOf = <T>(output: pulumi.Input<T>): Promise<T> =>
  (pulumi.output(output) as unknown as { promise(): Promise<T> }).promise();
