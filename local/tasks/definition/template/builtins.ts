/** The functions that templates can call: Go's own, and those of sprig that task files use. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { define, defineOpen, FunctionError, type FunctionTable } from "./functions";
import { formatted } from "./printf";
import { isList, isMap, isTrue, sortedEntries, textOf, type Value } from "./values";

const nth = (list: readonly Value[], index: number): Value => list[index] ?? null;
const texts = (values: readonly Value[]): string[] =>
  values.filter((value) => value !== null).map(textOf);
const sameValue = (a: Value, b: Value): boolean =>
  typeof a === typeof b && (typeof a === "object" ? textOf(a) === textOf(b) : a === b);

function compare(a: Value, b: Value): number {
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : Number(a > b);
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  throw new FunctionError("values of different types cannot be compared");
}

function sizeOf(value: Value): bigint {
  if (typeof value === "string") return BigInt(Buffer.byteLength(value));
  if (isList(value)) return BigInt(value.length);
  if (isMap(value)) return BigInt(value.size);
  throw new FunctionError("the value has no length");
}

function entryOf(container: Value, key: Value): Value {
  if (isMap(container)) return container.get(textOf(key)) ?? null;
  if (isList(container) && typeof key === "bigint") {
    if (key < 0n || key >= BigInt(container.length))
      throw new FunctionError(`index ${key} is out of range`);
    return nth(container, Number(key));
  }
  throw new FunctionError("only lists and maps have entries");
}

/** A number from any value, as sprig casts: what is no number is 0. */
function whole(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(Math.trunc(value));
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (typeof value === "string" && /^[+-]?\d+$/.test(value)) return BigInt(value);
  return 0n;
}

function nonZero(divisor: Value): bigint {
  const number = whole(divisor);
  if (number === 0n) throw new FunctionError("division by zero");
  return number;
}

function jsonOf(value: Value): string {
  if (isMap(value))
    return `{${sortedEntries(value)
      .map(([key, entry]) => `${JSON.stringify(key)}:${jsonOf(entry)}`)
      .join(",")}}`;
  if (isList(value)) return `[${value.map(jsonOf).join(",")}]`;
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}

const trimCharacters = (text: string, set: string): string => {
  const characters = new Set(set);
  let [start, end] = [0, text.length];
  while (start < end && characters.has(text.charAt(start))) start += 1;
  while (end > start && characters.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

const truncated = (length: Value, text: string): string => {
  const count = Number(whole(length));
  if (count >= 0) return text.slice(0, count);
  return text.length + count > 0 ? text.slice(count) : text;
};

const indented = (spaces: Value, text: string): string => {
  const blank = " ".repeat(Number(whole(spaces)));
  return blank + text.replaceAll("\n", `\n${blank}`);
};

const hashOf = (algorithm: string, text: string): string =>
  createHash(algorithm).update(text).digest("hex");

const goFunctions: FunctionTable = new Map(
  Object.entries({
    and: defineOpen(
      ["any"],
      "any",
      (more, first) => [first, ...more].find((v) => !isTrue(v)) ?? [first, ...more].at(-1) ?? null,
    ),
    or: defineOpen(
      ["any"],
      "any",
      (more, first) => [first, ...more].find(isTrue) ?? [first, ...more].at(-1) ?? null,
    ),
    not: define(["any"], (value) => !isTrue(value)),
    len: define(["any"], sizeOf),
    index: defineOpen(["any"], "any", (keys, container) => keys.reduce(entryOf, container)),
    print: defineOpen([], "any", (values) => values.map(textOf).join("")),
    println: defineOpen([], "any", (values) => `${values.map(textOf).join(" ")}\n`),
    printf: defineOpen(["string"], "any", (values, format) => formatted(format, values)),
    eq: defineOpen(["any", "any"], "any", (more, a, b) =>
      [b, ...more].some((each) => sameValue(a, each)),
    ),
    ne: define(["any", "any"], (a, b) => !sameValue(a, b)),
    lt: define(["any", "any"], (a, b) => compare(a, b) < 0),
    le: define(["any", "any"], (a, b) => compare(a, b) <= 0),
    gt: define(["any", "any"], (a, b) => compare(a, b) > 0),
    ge: define(["any", "any"], (a, b) => compare(a, b) >= 0),
  }),
);

const textFunctions: FunctionTable = new Map(
  Object.entries({
    trim: define(["string"], (text) => text.trim()),
    trimAll: define(["string", "string"], (set, text) => trimCharacters(text, set)),
    trimall: define(["string", "string"], (set, text) => trimCharacters(text, set)),
    trimPrefix: define(["string", "string"], (prefix, text) =>
      text.startsWith(prefix) ? text.slice(prefix.length) : text,
    ),
    trimSuffix: define(["string", "string"], (suffix, text) =>
      suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
    ),
    nospace: define(["string"], (text) => text.replace(/\s/g, "")),
    upper: define(["string"], (text) => text.toUpperCase()),
    lower: define(["string"], (text) => text.toLowerCase()),
    title: define(["string"], (text) => text.replace(/(^|\s)\S/g, (found) => found.toUpperCase())),
    untitle: define(["string"], (text) =>
      text.replace(/(^|\s)\S/g, (found) => found.toLowerCase()),
    ),
    substr: define(["int", "int", "string"], (start, end, text) =>
      text.slice(Math.max(0, Number(start)), end < 0n ? undefined : Number(end)),
    ),
    trunc: define(["int", "string"], truncated),
    repeat: define(["int", "string"], (count, text) => text.repeat(Number(count))),
    replace: define(["string", "string", "string"], (from, to, text) => text.replaceAll(from, to)),
    contains: define(["string", "string"], (part, text) => text.includes(part)),
    hasPrefix: define(["string", "string"], (prefix, text) => text.startsWith(prefix)),
    hasSuffix: define(["string", "string"], (suffix, text) => text.endsWith(suffix)),
    quote: defineOpen([], "any", (values) =>
      texts(values)
        .map((text) => JSON.stringify(text))
        .join(" "),
    ),
    squote: defineOpen([], "any", (values) =>
      texts(values)
        .map((text) => `'${text}'`)
        .join(" "),
    ),
    cat: defineOpen([], "any", (values) => texts(values).join(" ")),
    indent: define(["int", "string"], indented),
    nindent: define(["int", "string"], (spaces, text) => `\n${indented(spaces, text)}`),
    plural: define(["string", "string", "int"], (one, many, count) => (count === 1n ? one : many)),
    sha1sum: define(["string"], (text) => hashOf("sha1", text)),
    sha256sum: define(["string"], (text) => hashOf("sha256", text)),
    toString: define(["any"], textOf),
    toJson: define(["any"], jsonOf),
    // A missing secret is empty text here, where sprig itself would fail.
    b64enc: define(["any"], (value) =>
      Buffer.from(value === null ? "" : textOf(value)).toString("base64"),
    ),
    b64dec: define(["string"], (text) => Buffer.from(text, "base64").toString("utf8")),
    base: define(["string"], (path) => posix.basename(path) || "."),
    dir: define(["string"], (path) => posix.dirname(path)),
    ext: define(["string"], (path) => posix.extname(path)),
    clean: define(["string"], (path) => posix.normalize(path)),
    isAbs: define(["string"], (path) => posix.isAbsolute(path)),
    fail: define(["string"], (text) => {
      throw new FunctionError(text);
    }),
  }),
);

const dataFunctions: FunctionTable = new Map(
  Object.entries({
    default: defineOpen(["any"], "any", ([given = null], otherwise) =>
      isTrue(given) ? given : otherwise,
    ),
    empty: define(["any"], (value) => !isTrue(value)),
    coalesce: defineOpen([], "any", (values) => values.find(isTrue) ?? null),
    ternary: define(["any", "any", "bool"], (yes, no, condition) => (condition ? yes : no)),
    compact: define(["list"], (list) => list.filter(isTrue)),
    int: define(["any"], whole),
    int64: define(["any"], whole),
    atoi: define(["string"], whole),
    add: defineOpen([], "any", (values) => values.map(whole).reduce((a, b) => a + b, 0n)),
    add1: define(["any"], (value) => whole(value) + 1n),
    sub: define(["any", "any"], (a, b) => whole(a) - whole(b)),
    mul: defineOpen(["any"], "any", (more, first) =>
      more.map(whole).reduce((a, b) => a * b, whole(first)),
    ),
    div: define(["any", "any"], (a, b) => whole(a) / nonZero(b)),
    mod: define(["any", "any"], (a, b) => whole(a) % nonZero(b)),
    max: defineOpen(["any"], "any", (more, first) =>
      more.map(whole).reduce((a, b) => (a > b ? a : b), whole(first)),
    ),
    min: defineOpen(["any"], "any", (more, first) =>
      more.map(whole).reduce((a, b) => (a < b ? a : b), whole(first)),
    ),
    list: defineOpen([], "any", (values) => [...values]),
    dict: defineOpen([], "any", (values) => {
      const pairs = values.flatMap((key, i) =>
        i % 2 ? [] : [[textOf(key), values[i + 1] ?? ""] as const],
      );
      return new Map<string, Value>(pairs);
    }),
    hasKey: define(["map", "string"], (map, key) => map.has(key)),
    keys: defineOpen(["map"], "map", (more, first) =>
      [first, ...more].flatMap((map) => [...map.keys()]),
    ),
    append: define(["list", "any"], (list, value) => [...list, value]),
    prepend: define(["list", "any"], (list, value) => [value, ...list]),
    first: define(["list"], (list) => nth(list, 0)),
    last: define(["list"], (list) => nth(list, list.length - 1)),
    rest: define(["list"], (list) => list.slice(1)),
    initial: define(["list"], (list) => list.slice(0, -1)),
    reverse: define(["list"], (list) => [...list].reverse()),
    uniq: define(["list"], (list) =>
      list.filter((v, i) => list.findIndex((each) => sameValue(each, v)) === i),
    ),
    has: define(["any", "list"], (value, list) => list.some((each) => sameValue(each, value))),
    without: defineOpen(["list"], "any", (drop, list) =>
      list.filter((v) => !drop.some((each) => sameValue(each, v))),
    ),
    join: define(["string", "any"], (separator, list) =>
      isList(list) ? texts(list).join(separator) : textOf(list),
    ),
    sortAlpha: define(["list"], (list) => texts(list).sort((a, b) => compare(a, b))),
    splitList: define(["string", "string"], (separator, text) => text.split(separator)),
    split: define(
      ["string", "string"],
      (separator, text) =>
        new Map<string, Value>(text.split(separator).map((part, index) => [`_${index}`, part])),
    ),
  }),
);

/** All functions by name. */
export const builtins: FunctionTable = new Map([
  ...goFunctions,
  ...textFunctions,
  ...dataFunctions,
]);
