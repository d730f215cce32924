/** What the engine and the program say of a failure, told once: each says it again in words of its own. */

/** Of an exception that nobody caught, in what the program's side prints. */
const exceptionPrefix =
  /^(?:(?:error:|Unhandled exception:|Running program .* failed with an unhandled exception:|Error:)\s*)+/;

const stackFrame = /^\s+at (?:async )?\S.*(?:\(.+\)|:\d+:\d+|<anonymous>)(?: \{)?$/;

/** What kept an output from being known is told once for all properties that it would have been part of. */
const property = /(error serializing property "[^"]*": )+/g;

/** Says no more than that a resource, which has an error of its own, has one. */
const onlyFollows = /^resource \S+ \[[^\]]+\] failed to register\.?$/;

/** The sentence that the program meant, without what its runtime adds. */
export function plainMessage(message: string): string {
  return message
    .split("\n")
    .filter((line) => !stackFrame.test(line))
    .join("\n")
    .trim()
    .replace(exceptionPrefix, "")
    .replace(property, "");
}

/** Begins with a blank, so that `registry: taken` is no part of `other-registry: taken`. */
const comparable = (text: string): string => ` ${text.replace(/\s+/g, " ").trim()}`;

/**
 * Each cause once, in their order: of two texts where one has the other in it, the longer. What only follows from
 * another cause is left out, unless there is no other.
 */
export function distinctCauses(texts: readonly string[]): string[] {
  const causes = texts.filter((text) => !onlyFollows.test(text));
  const distinct: string[] = [];
  for (const text of causes.length > 0 ? causes : texts) {
    const same = distinct.findIndex(
      (other) =>
        comparable(other).includes(comparable(text)) ||
        comparable(text).includes(comparable(other)),
    );
    if (same < 0) distinct.push(text);
    else if (text.length > (distinct[same]?.length ?? 0)) distinct[same] = text;
  }
  return distinct;
}
