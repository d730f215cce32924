/** sprig's functions on text. Lengths and positions count bytes, as in Go. */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { decodeBase64 } from "../base64";
import { texts } from "./dataFunctions";
import { define, FunctionError, type TemplateFunction } from "./functions";
import { mapOf, textOf, type Value } from "./values";

/** Most characters that `repeat` and `indent` make: a typo must not eat the machine's memory. */
const longest = 1_000_000;

function bytes(text: string, start: number, end?: number): string {
  return Buffer.from(text).subarray(start, end).toString();
}

function truncated(count: bigint, text: string): string {
  if (count < 0n)
    throw new FunctionError("a negative length works in newer versions of sprig only");
  return bytes(text, 0, Number(count));
}

function substring(start: bigint, end: bigint, text: string): string {
  const length = BigInt(Buffer.byteLength(text));
  if (start < 0n) return bytes(text, 0, Number(end));
  const stop = end < 0n || end > length ? length : end;
  if (start > stop) throw new FunctionError(`the start ${start} is behind the end ${stop}`);
  return bytes(text, Number(start), Number(stop));
}

const escapeClass = (characters: string): string => characters.replace(/[\]\\^-]/g, "\\$&");

function trimmedOf(characters: string, text: string): string {
  if (characters === "") return text;
  const set = `[${escapeClass(characters)}]`;
  return text.replace(new RegExp(`^${set}+|${set}+$`, "gu"), "");
}

const indented = (width: bigint, text: string): string => {
  const pad = repeated(width, " ");
  return pad + text.replaceAll("\n", `\n${pad}`);
};

function repeated(count: bigint, text: string): string {
  if (count < 0n) throw new FunctionError("a negative count");
  if (count * BigInt(text.length) > BigInt(longest))
    throw new FunctionError(`the result is longer than ${longest} characters`);
  return text.repeat(Number(count));
}

/** Where the text is not base64, sprig prints the words of its error; here it is an error. */
function decoded(text: string): string {
  const content = decodeBase64(text);
  if (!content) throw new FunctionError("the text is not base64");
  return content.toString();
}

function hashed(algorithm: string): TemplateFunction {
  return define(["string"], (text) => createHash(algorithm).update(text).digest("hex"));
}

const cleaned = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, "");

/** One character for one, as in Go: a German sharp s stays. */
const uppercase = (text: string): string =>
  [...text].map((c) => ([...c.toUpperCase()].length === 1 ? c.toUpperCase() : c)).join("");

const texty = (value: Value): string => (value === null ? "" : textOf(value));

const two = ["string", "string"] as const;

export const textFunctions: Readonly<Record<string, TemplateFunction>> = {
  lower: define(["string"], (text) => text.toLowerCase()),
  upper: define(["string"], uppercase),
  title: define(["string"], (text) =>
    text.replace(/(?<![\p{L}\p{Nd}_])\p{L}/gu, (letter) => letter.toUpperCase()),
  ),
  untitle: define(["string"], (text) =>
    text.replace(/(?<!\S)\p{L}/gu, (letter) => letter.toLowerCase()),
  ),
  trim: define(["string"], (text) => text.trim()),
  trimAll: define(two, trimmedOf),
  trimall: define(two, trimmedOf),
  trimPrefix: define(two, (prefix, text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  trimSuffix: define(two, (suffix, text) =>
    text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text,
  ),
  nospace: define(["string"], (text) => text.replace(/\s/g, "")),
  contains: define(two, (part, text) => text.includes(part)),
  hasPrefix: define(two, (prefix, text) => text.startsWith(prefix)),
  hasSuffix: define(two, (suffix, text) => text.endsWith(suffix)),
  replace: define(["string", "string", "string"], (old, by, text) =>
    text.replaceAll(old, () => by),
  ),
  repeat: define(["int", "string"], repeated),
  trunc: define(["int", "string"], truncated),
  substr: define(["int", "int", "string"], substring),
  indent: define(["int", "string"], indented),
  nindent: define(["int", "string"], (width, text) => `\n${indented(width, text)}`),
  plural: define(["string", "string", "int"], (one, many, count) => (count === 1n ? one : many)),
  join: define(["string", "any"], (separator, value) =>
    value === null ? "" : texts(value).join(separator),
  ),
  splitList: define(two, (separator, text) => text.split(separator)),
  split: define(two, (separator, text) =>
    mapOf(Object.fromEntries(text.split(separator).map((part, index) => [`_${index}`, part]))),
  ),
  // ACR replaces sprig's b64enc by one that takes a missing key for an empty text.
  b64enc: define(["any"], (value) => Buffer.from(texty(value)).toString("base64")),
  b64dec: define(["string"], decoded),
  sha1sum: hashed("sha1"),
  sha256sum: hashed("sha256"),
  base: define(["string"], (path) => posix.basename(path) || (path === "" ? "." : "/")),
  dir: define(["string"], (path) => cleaned(path.slice(0, path.lastIndexOf("/") + 1))),
  clean: define(["string"], cleaned),
  ext: define(["string"], (path) => /\.[^./]*$/.exec(path)?.[0] ?? ""),
  isAbs: define(["string"], (path) => path.startsWith("/")),
};
