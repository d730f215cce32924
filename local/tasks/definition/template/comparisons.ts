/**
 * Go's logic and comparisons. `and` and `or` are called by the renderer, which stops at the
 * deciding argument.
 */
import { define, defineOpen, FunctionError, type TemplateFunction } from "./functions";
import { isList, isMap, isTrue, typeName, type Value } from "./values";

/** Go compares values of one basic type only; nil equals nil and nothing else. */
function equal(a: Value, b: Value): boolean {
  for (const value of [a, b])
    if (isList(value) || isMap(value))
      throw new FunctionError(`a ${typeName(value)} cannot be compared`);
  if (a === null || b === null) return a === b;
  return same(a, b) && a === b;
}

function same(a: Value, b: Value): boolean {
  if (typeName(a) === typeName(b)) return true;
  throw new FunctionError(`cannot compare ${typeName(a)} with ${typeName(b)}`);
}

function less(a: Value, b: Value): boolean {
  for (const value of [a, b])
    if (!["int", "float64", "string"].includes(typeName(value)))
      throw new FunctionError(`${typeName(value)} has no order`);
  same(a, b);
  if (typeof a === "string") return Buffer.compare(Buffer.from(a), Buffer.from(String(b))) < 0;
  return (a as bigint | number) < (b as bigint | number);
}

const two = ["any", "any"] as const;

export const comparisons: Readonly<Record<string, TemplateFunction>> = {
  and: defineOpen(["any"], "any", (rest, first) => rest.at(-1) ?? first),
  or: defineOpen(["any"], "any", (rest, first) => rest.at(-1) ?? first),
  not: define(["any"], (value) => !isTrue(value)),
  eq: defineOpen(two, "any", (rest, a, b) => [b, ...rest].some((other) => equal(a, other))),
  ne: define(two, (a, b) => !equal(a, b)),
  lt: define(two, (a, b) => less(a, b)),
  le: define(two, (a, b) => less(a, b) || equal(a, b)),
  gt: define(two, (a, b) => !less(a, b) && !equal(a, b)),
  ge: define(two, (a, b) => !less(a, b)),
};
