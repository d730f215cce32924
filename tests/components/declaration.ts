/** What the engine is asked to register, laid open for a test to read. */
import assert from "node:assert/strict";
import { unknownMark } from "./azureMocks";

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
  /** Left in Azure when it goes from the program. */
  retainOnDelete: boolean;
}

export interface Declarations {
  /** Custom resources and components in the order they were registered. */
  all: Declaration[];
  /** The one declaration of that kind and name. */
  the(kind: string, name: string): Declaration;
  kinds(kind: string): Declaration[];
}

const secretMark = "4dabf18193072939515e22adb298388d";
export const unknown = "(unknown)";

/** The part of a request to register that is read here. */
export interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, Value> } | undefined;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getRetainondelete(): boolean;
  getProtect(): boolean;
  getDeletebeforereplace(): boolean;
}

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

export function declarations(seen: { request: Registration; urn: string }[]): Declarations {
  const edges = new Map(seen.map(({ request, urn }) => [urn, request.getDependenciesList()]));
  const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";
  const labels = new Map(
    seen.map(({ request, urn }) => [urn, `${kindOfType(request.getType())} ${nameOf(urn)}`]),
  );
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
      waitsFor: new Set([...closure(urn, edges)].map((one) => labels.get(one) ?? one)),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
      protect: request.getProtect(),
      deleteBeforeReplace: request.getDeletebeforereplace(),
      retainOnDelete: request.getRetainondelete(),
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
