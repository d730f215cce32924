/** Go's `printf`, as far as task files need it: %s %v %d %q %t %% with width and zeros. */
import { FunctionError } from "./functions";
import { textOf, type Value } from "./values";

function one(verb: string, value: Value): string {
  if (verb === "q") return JSON.stringify(textOf(value));
  if (verb === "d" && typeof value !== "bigint") return `%!d(${textOf(value)})`;
  if (verb === "t" && typeof value !== "boolean") return `%!t(${textOf(value)})`;
  return textOf(value);
}

/** @throws {FunctionError} for a verb that is not supported, by name. */
export function formatted(format: string, values: readonly Value[]): string {
  const rest = [...values];
  const text = format.replace(
    /%([-+ #0]*)(\d*)(?:\.\d+)?(.?)/g,
    (whole, flags: string, width: string, verb: string) => {
      if (verb === "%") return "%";
      if (!"svdqt".includes(verb) || verb === "" || /[+ #]/.test(flags) || whole.includes("."))
        throw new FunctionError(`the format ${whole} is not supported by the local Azure`);
      const value = rest.shift();
      if (value === undefined) return `%!${verb}(MISSING)`;
      const shown = one(verb, value);
      if (flags.includes("-")) return shown.padEnd(Number(width));
      return shown.padStart(Number(width), flags.includes("0") && verb === "d" ? "0" : " ");
    },
  );
  if (rest.length > 0) throw new FunctionError(`the format "${format}" has too few verbs`);
  return text;
}
