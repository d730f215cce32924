/** Reading request bodies: every reader names the property it refuses. */
import { refuse } from "./errors";

export type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const invalid = (path: string, expected: string): Error =>
  refuse("InvalidRequestContent", `'${path}' must be ${expected}.`);

/** The object at `path`; absent and null read as an empty one. */
export function objectAt(value: unknown, path: string): Json {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalid(path, "an object");
  return value;
}

/** The list at `path`; absent and null read as an empty one. */
export function listAt(value: unknown, path: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(path, "a list");
  return value;
}

export function textAt(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") throw invalid(path, "a text that is not empty");
  return value;
}

export function optionalText(value: unknown, path: string): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : textAt(value, path);
}

export function optionalFlag(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalid(path, "true or false");
  return value;
}

export function optionalNumber(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value)) throw invalid(path, "a number");
  return value;
}

/** The entry of `allowed` that equals the value, without regard to case. */
export function optionalChoice<T extends string>(
  value: unknown,
  allowed: readonly T[],
  path: string,
): T | undefined {
  const text = optionalText(value, path);
  if (text === undefined) return undefined;
  const found = allowed.find((entry) => entry.toLowerCase() === text.toLowerCase());
  if (found === undefined) throw invalid(path, `one of ${allowed.join(", ")}, not '${text}'`);
  return found;
}

/** Refuses a property that is not among the known ones, by name. */
export function knownOnly(bag: Json, known: readonly string[], path: string): void {
  const stranger = Object.keys(bag).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw refuse(
      "InvalidRequestContent",
      `Could not find member '${stranger}' on '${path}'. Known members: ${known.join(", ")}.`,
    );
  }
}

/** A copy without members whose value is undefined or null. */
export function present(bag: Json): Json {
  return Object.fromEntries(
    Object.entries(bag).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** JSON merge patch (RFC 7396): null removes, objects merge, everything else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Json = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  }
  return merged;
}

/** Azure's short form of a location: `East US` is `eastus`. */
export const normalLocation = (location: string): string =>
  location.toLowerCase().replaceAll(" ", "");

/** The envelope's tags: names to texts. */
export function tagsAt(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  const tags = objectAt(value, "tags");
  return Object.fromEntries(
    Object.entries(tags).map(([name, tag]) => {
      if (typeof tag !== "string") throw invalid(`tags.${name}`, "a text");
      return [name, tag];
    }),
  );
}
