/**
 * sprig's whole-number arithmetic: every argument is made an int first, as sprig does, and overflow
 * wraps.
 */
import { define, defineOpen, FunctionError, type TemplateFunction } from "./functions";
import type { Value } from "./values";

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Text that is no decimal number counts as 0. */
function toInt(value: Value): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(Math.trunc(value));
  if (typeof value === "boolean") return value ? 1n : 0n;
  return typeof value === "string" && /^[+-]?\d+$/.test(value) ? BigInt(value) : 0n;
}

const two = ["any", "any"] as const;

function divisor(value: Value): bigint {
  const number = toInt(value);
  if (number === 0n) throw new FunctionError("division by zero");
  return number;
}

export const numberFunctions: Readonly<Record<string, TemplateFunction>> = {
  atoi: define(["string"], toInt),
  int: define(["any"], toInt),
  int64: define(["any"], toInt),
  add: defineOpen([], "any", (values) =>
    wrap(values.reduce<bigint>((sum, value) => sum + toInt(value), 0n)),
  ),
  add1: define(["any"], (value) => wrap(toInt(value) + 1n)),
  sub: define(two, (a, b) => wrap(toInt(a) - toInt(b))),
  mul: defineOpen(["any"], "any", (values, first) =>
    wrap(values.reduce<bigint>((product, value) => product * toInt(value), toInt(first))),
  ),
  div: define(two, (a, b) => wrap(toInt(a) / divisor(b))),
  mod: define(two, (a, b) => toInt(a) % divisor(b)),
  max: defineOpen(["any"], "any", (values, first) =>
    values.map(toInt).reduce((most, value) => (value > most ? value : most), toInt(first)),
  ),
  min: defineOpen(["any"], "any", (values, first) =>
    values.map(toInt).reduce((least, value) => (value < least ? value : least), toInt(first)),
  ),
};
