/** Go's print, println and printf, and its quoting. */
import { define, defineOpen, FunctionError, type TemplateFunction } from "./functions";
import { floatText, textOf, typeName, type Value } from "./values";

const named: Record<string, string> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

/** The text in double quotes, as Go's `%q`: control characters escaped, printable ones not. */
function quoteText(text: string): string {
  const characters = [...text].map((character) => {
    const escape = named[character];
    if (escape !== undefined) return escape;
    if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
    return code > 0xffff ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
  });
  return `"${characters.join("")}"`;
}

/** Operands side by side, with a blank between two that are both not text. */
function printed(values: readonly Value[]): string {
  return values
    .map((value, index) => {
      const before = values[index - 1];
      const apart = index > 0 && typeof value !== "string" && typeof before !== "string";
      return (apart ? " " : "") + textOf(value);
    })
    .join("");
}

function wrong(verb: string, value: Value, wanted: string): FunctionError {
  return new FunctionError(`%${verb} prints ${wanted}, not ${typeName(value)}`);
}

function verbText(verb: string, precision: number | undefined, value: Value): string {
  switch (verb) {
    case "v":
      return textOf(value);
    case "s":
      if (typeof value !== "string") throw wrong(verb, value, "a string (%v prints anything)");
      return precision === undefined ? value : [...value].slice(0, precision).join("");
    case "q":
      if (typeof value !== "string") throw wrong(verb, value, "a string");
      return quoteText(value);
    case "d":
      if (typeof value !== "bigint") throw wrong(verb, value, "an int");
      return String(value);
    case "x":
    case "X": {
      if (typeof value !== "bigint" && typeof value !== "string")
        throw wrong(verb, value, "an int or a string");
      const hex =
        typeof value === "bigint" ? value.toString(16) : Buffer.from(value).toString("hex");
      return verb === "X" ? hex.toUpperCase() : hex;
    }
    case "f":
      if (typeof value !== "number") throw wrong(verb, value, "a float");
      return Number.isFinite(value) ? value.toFixed(precision ?? 6) : floatText(value);
    case "t":
      if (typeof value !== "boolean") throw wrong(verb, value, "a bool");
      return String(value);
    default:
      throw new FunctionError(`printf verb %${verb} is not supported by the local Azure`);
  }
}

/** Widest field and longest fraction of printf. */
const mostDigits = 100;

function padded(text: string, flags: string, width: number, number: boolean): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (!flags.includes("0") || !number) return text.padStart(width);
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function formatted(values: readonly Value[], format: string): string {
  let next = 0;
  const text = format.replace(
    /%([-+ #0]*)(\d*)(?:\.(\d*))?([\s\S]?)/gu,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      if (/[+ #]/.test(flags))
        throw new FunctionError(`printf flags "${flags}" are not supported by the local Azure`);
      const value = values[next];
      if (value === undefined) throw new FunctionError(`no value for %${verb}`);
      next += 1;
      if (Number(width) > mostDigits || Number(precision ?? 0) > mostDigits)
        throw new FunctionError(
          `printf widths over ${mostDigits} are not supported by the local Azure`,
        );
      const digits = precision === undefined ? undefined : Number(precision);
      const number = typeof value === "bigint" || typeof value === "number";
      return padded(verbText(verb, digits, value), flags, Number(width), number);
    },
  );
  if (next < values.length) throw new FunctionError(`${values.length - next} values too many`);
  return text;
}

export const printingFunctions: Readonly<Record<string, TemplateFunction>> = {
  print: defineOpen([], "any", printed),
  println: defineOpen([], "any", (values) => `${values.map(textOf).join(" ")}\n`),
  printf: defineOpen(["string"], "any", formatted),
  toString: define(["any"], textOf),
  quote: defineOpen([], "any", (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => quoteText(textOf(value)))
      .join(" "),
  ),
  squote: defineOpen([], "any", (values) =>
    values
      .filter((value) => value !== null)
      .map((value) => `'${textOf(value)}'`)
      .join(" "),
  ),
  cat: defineOpen([], "any", (values) =>
    values
      .filter((value) => value !== null)
      .map(textOf)
      .join(" "),
  ),
};
