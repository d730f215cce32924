/** Typed access to a YAML tree. What does not fit, and what is not known, is refused by name with its line. */
import { fault, type SourceText } from "./sourceText";
import type { TaskFileError } from "./taskFileError";
import type { YamlEntry, YamlMap, YamlValue } from "./yamlTree";

export interface FieldRules {
  /** What the map describes, for messages: `step`. */
  what: string;
  known: readonly string[];
  /** Properties that Azure has and this runner does not, with what to do instead. */
  unsupported?: Readonly<Record<string, string>>;
}

/** The properties of one map. Absent and null are the same, as in the engine. */
export interface Fields {
  readonly line: number;
  has(name: string): boolean;
  /** Line of a property, else of the map. */
  lineOf(name: string): number;
  text(name: string): string | undefined;
  whole(name: string): number | undefined;
  flag(name: string): boolean;
  texts(name: string): string[] | undefined;
  list(name: string): readonly YamlValue[];
  map(name: string): ReadonlyMap<string, YamlEntry> | undefined;
  fault(name: string, cause: string): TaskFileError;
}

const describe = (value: YamlValue): string => {
  if (value.kind !== "scalar") return value.kind === "map" ? "a map" : "a list";
  return value.value === null ? "nothing" : JSON.stringify(value.text);
};

const isNull = (value: YamlValue): boolean => value.kind === "scalar" && value.value === null;

/** @throws TaskFileError unless the value is a map. */
export function mapOf(source: SourceText, value: YamlValue, what: string): YamlMap {
  if (value.kind === "map") return value;
  throw fault(source, value.line, `a ${what} must be a map, not ${describe(value)}`);
}

/** A text of a list or map; numbers and booleans keep the characters they are written with. */
export function textOf(source: SourceText, value: YamlValue, what: string): string {
  if (value.kind !== "scalar")
    throw fault(source, value.line, `${what} must be text, not ${describe(value)}`);
  return typeof value.value === "string" ? value.value : value.text;
}

/** @throws TaskFileError for a value that is no map and for the first property that is not known. */
export function fieldsOf(source: SourceText, value: YamlValue, rules: FieldRules): Fields {
  const { entries, line } = mapOf(source, value, rules.what);
  const label = (name: string): string => `${rules.what} property "${name}"`;
  for (const [name, entry] of entries) {
    if (rules.known.includes(name)) continue;
    const advice = rules.unsupported?.[name];
    throw fault(
      source,
      entry.line,
      advice === undefined
        ? `${label(name)} does not exist (ACR Tasks would ignore it); known are ${rules.known.join(", ")}`
        : `${label(name)} is not supported by the local Azure; ${advice}`,
    );
  }

  const get = (name: string): YamlValue | undefined => {
    const found = entries.get(name)?.value;
    return found && !isNull(found) ? found : undefined;
  };
  const mismatch = (name: string, found: YamlValue, wanted: string): TaskFileError =>
    fault(source, found.line, `${label(name)} must be ${wanted}, not ${describe(found)}`);

  const list = (name: string): readonly YamlValue[] | undefined => {
    const found = get(name);
    if (found && found.kind !== "list") throw mismatch(name, found, "a list");
    return found?.items;
  };

  return {
    line,
    has: (name) => get(name) !== undefined,
    lineOf: (name) => entries.get(name)?.line ?? line,
    text(name) {
      const found = get(name);
      if (!found) return undefined;
      if (found.kind !== "scalar") throw mismatch(name, found, "text");
      return typeof found.value === "string" ? found.value : found.text;
    },
    whole(name) {
      const found = get(name);
      if (!found) return undefined;
      const number = found.kind === "scalar" ? found.value : undefined;
      if (typeof number !== "number" || !Number.isSafeInteger(number))
        throw mismatch(name, found, "a whole number");
      return number;
    },
    flag(name) {
      const found = get(name);
      if (!found) return false;
      if (found.kind !== "scalar" || typeof found.value !== "boolean")
        throw mismatch(name, found, "true or false");
      return found.value;
    },
    texts: (name) => list(name)?.map((item) => textOf(source, item, `an entry of ${label(name)}`)),
    list: (name) => list(name) ?? [],
    map(name) {
      const found = get(name);
      if (found && found.kind !== "map") throw mismatch(name, found, "a map");
      return found?.entries;
    },
    fault: (name, cause) => fault(source, entries.get(name)?.line ?? line, `${label(name)} ${cause}`),
  };
}
