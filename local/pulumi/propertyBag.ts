/** Pulumi's property bags on the wire: plain JSON in which unknown and secret values are marked by magic strings. */

/** Value of a property that the engine does not know yet, in a preview. */
export const unknown: unique symbol = Symbol("unknown");

/** Plain values, arrays and objects of them, and {@link unknown}. */
export type Property = unknown;
export type Bag = Record<string, Property>;

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** The member by which the engine tells a secret, and other special values, from plain objects. */
export const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A value that the engine keeps encrypted. */
class Secret {
  constructor(readonly value: Property) {}
}

/** A bag as the engine sent it: which values are secret is known, but apart from the values themselves. */
export interface Decoded {
  /** The values, secrets revealed. */
  values: Bag;
  /** The same with secrets wrapped; only good for {@link keepSecrets}. */
  marked: Bag;
  /** The secret strings in the bag, for masking. */
  secrets: string[];
}

export function isBag(value: Property): value is Bag {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Secret)
  );
}

/** Rebuilds a value from its leaves up; `undefined` and `null` members are dropped, as the real providers do. */
function rebuild(value: Property, leaf: (value: Property) => Property): Property {
  if (Array.isArray(value)) return value.map((item) => rebuild(item, leaf));
  if (!isBag(value)) return leaf(value);
  const entries = Object.entries(value).filter(([, member]) => member != null);
  return Object.fromEntries(entries.map(([key, member]) => [key, rebuild(member, leaf)]));
}

function mark(value: Property): Property {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map(mark);
  if (!isBag(value)) return value;
  if (value[signatureKey] === secretSignature) return new Secret(mark(value["value"]));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mark(member)]));
}

function reveal(value: Property, secrets: string[]): Property {
  return rebuild(value, (leaf) => {
    if (!(leaf instanceof Secret)) return leaf;
    collectStrings(leaf.value, secrets);
    return reveal(leaf.value, secrets);
  });
}

function collectStrings(value: Property, into: string[]): void {
  rebuild(value, (leaf) => {
    if (leaf instanceof Secret) collectStrings(leaf.value, into);
    else if (typeof leaf === "string") into.push(leaf);
    return leaf;
  });
}

export function decode(wire: object | undefined): Decoded {
  const marked = mark(wire ?? {}) as Bag;
  const secrets: string[] = [];
  return { values: reveal(marked, secrets) as Bag, marked, secrets };
}

export function encode(bag: Bag): Record<string, never> {
  return rebuild(bag, (leaf) => {
    if (leaf === unknown) return unknownMark;
    return leaf instanceof Secret
      ? { [signatureKey]: secretSignature, value: encode({ value: leaf.value })["value"] }
      : leaf;
  }) as Record<string, never>;
}

export function containsUnknown(value: Property): boolean {
  if (value === unknown) return true;
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isBag(value) && Object.values(value).some(containsUnknown);
}

function containsSecret(value: Property): boolean {
  if (value instanceof Secret) return true;
  if (Array.isArray(value)) return value.some(containsSecret);
  return isBag(value) && Object.values(value).some(containsSecret);
}

/**
 * Marks as secret what was secret under the same name in `marked`; one secret item makes its whole array secret.
 * `always` names members that become secret as soon as anything in `marked` is.
 */
export function keepSecrets(bag: Bag, marked: Bag, always: readonly string[] = []): Bag {
  const all = always.length > 0 && containsSecret(marked);
  return Object.fromEntries(
    Object.entries(bag).map(([key, value]) => {
      const before = marked[key];
      if (all && always.includes(key)) return [key, new Secret(value)];
      if (isBag(before) && isBag(value)) return [key, keepSecrets(value, before)];
      return [key, containsSecret(before) ? new Secret(value) : value];
    }),
  );
}

/** Deep equality; an unknown equals nothing, not even itself. */
export function same(left: Property, right: Property): boolean {
  if (left === unknown || right === unknown) return false;
  if (Array.isArray(left) && Array.isArray(right))
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  if (!isBag(left) || !isBag(right)) return left === right;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => same(left[key] ?? undefined, right[key] ?? undefined));
}
