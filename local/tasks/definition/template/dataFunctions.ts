/** Defaults, lists and maps: Go's len and index, and what sprig adds. */
import { define, defineOpen, FunctionError, type TemplateFunction } from "./functions";
import { isList, isMap, isTrue, sortedEntries, textOf, typeName } from "./values";
import type { MapValue, Value } from "./values";

function size(value: Value): bigint {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw new FunctionError(`a ${typeName(value)} has no length`);
}

function entry(value: Value, key: Value): Value {
  if (isMap(value) && typeof key === "string") return value.get(key) ?? null;
  if (isList(value) && typeof key === "bigint") {
    const found = value[Number(key)];
    if (found === undefined) throw new FunctionError(`index ${key} is out of range`);
    return found;
  }
  throw new FunctionError(`a ${typeName(value)} cannot be indexed with a ${typeName(key)}`);
}

/** JSON as Go writes it: sorted keys, and characters that matter in HTML escaped. */
function jsonText(value: Value): string {
  if (isMap(value))
    return `{${sortedEntries(value)
      .map(([key, item]) => `${jsonText(key)}:${jsonText(item)}`)
      .join(",")}}`;
  if (isList(value)) return `[${value.map(jsonText).join(",")}]`;
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return value === null ? "null" : textOf(value);
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function dict(values: readonly Value[]): MapValue {
  const map = new Map<string, Value>();
  for (let index = 0; index < values.length; index += 2)
    map.set(
      textOf(values[index] ?? null),
      index + 1 < values.length ? (values[index + 1] ?? null) : "",
    );
  return map;
}

const sameText = (a: Value, b: Value): boolean =>
  typeName(a) === typeName(b) && jsonText(a) === jsonText(b);

const isUnique = (value: Value, index: number, list: readonly Value[]): boolean =>
  list.findIndex((other) => sameText(other, value)) === index;

const compareBytes = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/** What sprig makes of a value where it wants a list of texts. */
export const texts = (value: Value): string[] =>
  isList(value) ? value.filter((item) => item !== null).map(textOf) : [textOf(value)];

export const dataFunctions: Readonly<Record<string, TemplateFunction>> = {
  len: define(["any"], size),
  index: defineOpen(["any"], "any", (keys, value) => keys.reduce<Value>(entry, value)),
  default: defineOpen(["any"], "any", ([given = null], fallback) =>
    isTrue(given) ? given : fallback,
  ),
  empty: define(["any"], (value) => !isTrue(value)),
  coalesce: defineOpen([], "any", (values) => values.find(isTrue) ?? null),
  ternary: define(["any", "any", "bool"], (yes, no, condition) => (condition ? yes : no)),
  compact: define(["list"], (list) => list.filter(isTrue)),
  list: defineOpen([], "any", (values) => values),
  first: define(["list"], (list) => list[0] ?? null),
  last: define(["list"], (list) => list.at(-1) ?? null),
  rest: define(["list"], (list) => list.slice(1)),
  initial: define(["list"], (list) => list.slice(0, -1)),
  append: define(["list", "any"], (list, value) => [...list, value]),
  prepend: define(["list", "any"], (list, value) => [value, ...list]),
  reverse: define(["list"], (list) => [...list].reverse()),
  uniq: define(["list"], (list) => list.filter(isUnique)),
  without: defineOpen(["list"], "any", (unwanted, list) =>
    list.filter((value) => !unwanted.some((other) => sameText(other, value))),
  ),
  has: define(["any", "list"], (wanted, list) => list.some((value) => sameText(value, wanted))),
  sortAlpha: define(["any"], (value) => texts(value).sort(compareBytes)),
  dict: defineOpen([], "any", dict),
  hasKey: define(["map", "string"], (map, key) => map.has(key)),
  keys: defineOpen([], "map", (maps) =>
    // sprig gives them in random order; sorted is one of those.
    maps.flatMap((map) => sortedEntries(map).map(([key]) => key)),
  ),
  toJson: define(["any"], jsonText),
  fail: define(["string"], (message) => {
    throw new FunctionError(message);
  }),
};
