/** Finds which properties differ between two bags, named by path as Pulumi does. */
import { isBag, same, type Property } from "./propertyBag";
import type { Change } from "./provider";

/** One segment of a path; dotted when it is a plain identifier, quoted otherwise. */
const step = (key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;

/** Leaf-level changes from `before` to `after`; `replaces` is asked for each path. */
export function findChanges(
  before: Property,
  after: Property,
  replaces: (path: string) => boolean,
): Change[] {
  const walk = (path: string, left: Property, right: Property): Change[] => {
    if (same(left, right)) return [];
    const leaf = (kind: Change["kind"]): Change[] => [{ path, kind, replaces: replaces(path) }];
    if (left == null) return leaf("add");
    if (right == null) return leaf("delete");
    if (Array.isArray(left) && Array.isArray(right)) {
      const indexes = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => i);
      return indexes.flatMap((i) => walk(`${path}[${i}]`, left[i], right[i]));
    }
    if (isBag(left) && isBag(right)) {
      const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
      return keys.flatMap((key) =>
        walk(`${path}${step(key)}`.replace(/^\./, ""), left[key], right[key]),
      );
    }
    return leaf("update");
  };
  return walk("", before, after);
}
