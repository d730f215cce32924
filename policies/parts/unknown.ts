/** What a preview cannot know yet, and how a rule looks past it without hiding it. */
import { UnknownValueError } from "@pulumi/policy";

/** Whether an error says that a value is not known in this preview; the SDK turns it into an advisory. */
export const isUnknown = (error: unknown): boolean => error instanceof UnknownValueError;

/** Reads something that may be unknown; `undefined` then, as for what is absent. */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isUnknown(error)) return undefined;
    throw error;
  }
}

/**
 * Makes every check, so that one unknown value hides no violation beside it.
 * @throws the first unknown value met, after the last check: what could not be looked at is never passed over
 */
export function checkAll(checks: readonly (() => void)[]): void {
  let unknown: unknown;
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!isUnknown(error)) throw error;
      unknown = unknown ?? error;
    }
  }
  if (unknown) throw unknown as Error;
}

/** `checkAll` for the members of a list or map that may be absent. */
export function checkEach<T>(
  members: Readonly<Record<string, T>> | readonly T[] | null | undefined,
  check: (member: T, key: string) => void,
): void {
  const map = (members ?? {}) as Readonly<Record<string, T>>;
  // The keys alone: asking for the entries would meet the first unknown member and end there.
  checkAll(Object.keys(map).map((key) => () => check(map[key] as T, key)));
}
