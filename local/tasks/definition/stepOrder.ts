/** The `when:` of a step. */
import type { MapReader } from "./yamlReader";

/**
 * What the step `id` waits for; `earlier` are the ids of the steps above it.
 * @throws TaskFileError
 */
export function parentsOf(step: MapReader, id: string, earlier: readonly string[]): string[] {
  const when = step.texts("when");
  const previous = earlier.at(-1);
  if (when === undefined || when.length === 0) return previous === undefined ? [] : [previous];
  if (when.length === 1 && ["-", "acb_root"].includes(when[0] ?? "")) return [];
  if (when.includes("-")) throw step.fault("when", '"-" stands alone or not at all');
  for (const each of when) {
    if (each === id) throw step.fault("when", "a step cannot wait for itself");
    if (!earlier.includes(each))
      throw step.fault("when", `"${each}" is no step further up in the file`);
  }
  return [...new Set(when)];
}
