/** The words of one template action. */
import type { Value } from "./values";

export interface Token {
  kind: "field" | "dot" | "variable" | "word" | "literal" | "sign";
  /** Field and variable names come without their mark. */
  text: string;
  /** Only of literals. */
  value?: Value;
  /** Whether white space stands in front: `.a .b` are two arguments, `.a.b` is one. */
  spaced: boolean;
  /** Line inside the action, from 0. */
  line: number;
}

/** A token that cannot be read; the parser adds the place. */
export class TokenError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

const patterns: readonly [RegExp, Token["kind"]][] = [
  [/"(?:\\.|[^"\\\n])*"/y, "literal"],
  [/`[^`]*`/y, "literal"],
  [/'(?:\\.|[^'\\\n])+'/y, "literal"],
  [/[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+)/y, "literal"],
  [/[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?/y, "literal"],
  [/\.[\p{L}_][\p{L}\p{Nd}_]*/uy, "field"],
  [/\./y, "dot"],
  [/\$[\p{L}_]?[\p{L}\p{Nd}_]*/uy, "variable"],
  [/[\p{L}_][\p{L}\p{Nd}_]*/uy, "word"],
  [/:=|[|(),=]/y, "sign"],
];

const escapes: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

function unquote(text: string, line: number): string {
  const quote = text.charAt(0);
  return text
    .slice(1, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g,
      (_, x?: string, u?: string, long?: string, octal?: string, plain = "") => {
        const hex = x ?? u ?? long;
        if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
        if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
        const character = plain === quote ? quote : escapes[plain];
        if (character === undefined)
          throw new TokenError(`unknown escape \\${plain} in ${text}`, line);
        return character;
      },
    );
}

/**
 * A number as Go reads it: `010` is octal, `1.0` and `1e3` are floats, all else integers of 64
 * bits.
 * @throws Error for one that is too large.
 */
function numberValue(text: string): Value {
  const digits = text.replace(/_/g, "").replace(/^\+/, "");
  const negative = digits.startsWith("-");
  const magnitude = negative ? digits.slice(1) : digits;
  if (/^(\d*\.|\d+\.?\d*[eE])/.test(magnitude) && !/^0[xX]/.test(magnitude)) {
    if (!Number.isFinite(Number(digits))) throw new RangeError();
    return Number(digits);
  }
  const whole = BigInt(/^0\d+$/.test(magnitude) ? `0o${magnitude.slice(1)}` : magnitude);
  const value = negative ? -whole : whole;
  if (BigInt.asIntN(64, value) !== value) throw new RangeError();
  return value;
}

function literalValue(text: string, line: number): Value {
  if (text.startsWith('"')) return unquote(text, line);
  if (text.startsWith("`")) return text.slice(1, -1);
  if (text.startsWith("'")) {
    const characters = [...unquote(text, line)];
    if (characters.length !== 1)
      throw new TokenError(`${text} is not one character; use double quotes for text`, line);
    return BigInt(characters[0]?.codePointAt(0) ?? 0);
  }
  try {
    return numberValue(text);
  } catch {
    throw new TokenError(`bad number ${text}`, line);
  }
}

/** @throws {TokenError} when a character has no meaning in a template. */
export function tokensOf(action: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  let line = 0;
  while (position < action.length) {
    const space = /^\s*/.exec(action.slice(position))?.[0] ?? "";
    line += space.split("\n").length - 1;
    position += space.length;
    if (position >= action.length) break;
    const previous = tokens.at(-1);
    const spaced = space !== "" || previous === undefined;
    const found = patterns
      .map(([pattern, kind]) => {
        pattern.lastIndex = position;
        return { kind, text: pattern.exec(action)?.[0] };
      })
      .find(({ text }) => text !== undefined && text !== "");
    const character = action.charAt(position);
    if (found?.text === undefined)
      throw new TokenError(`unexpected ${JSON.stringify(character)} in a template action`, line);
    const { kind, text } = found;
    const joined = !spaced && previous?.kind !== "sign" && kind !== "sign";
    if (joined && (kind !== "field" || previous?.kind === "dot"))
      throw new TokenError(`unexpected ${JSON.stringify(character)} after ${previous?.text}`, line);
    tokens.push({
      kind,
      text: kind === "field" || kind === "variable" ? text.slice(1) : text,
      spaced,
      line,
      ...(kind === "literal" ? { value: literalValue(text, line) } : {}),
    });
    position += text.length;
    line += text.split("\n").length - 1;
  }
  return tokens;
}
