/** Stands in for the random plugin, for RandomString and RandomUuid. */
import { randomInt, randomUUID } from "node:crypto";
import { findChanges } from "./changes";
import { unknown, type Bag } from "./propertyBag";
import type { Provider } from "./provider";

const stringType = "random:index/randomString:RandomString";
const uuidType = "random:index/randomUuid:RandomUuid";

/** The plugin's version that this follows. */
export const randomVersion = "4.21.2";

const alphabets = {
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numeric: "0123456789",
  special: "!@#$%&*()-_=+[]{}<>:?",
} as const;
type Kind = keyof typeof alphabets;
const kinds = Object.keys(alphabets) as Kind[];
const minimumOf = (kind: Kind): string => `min${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;

const pick = (characters: string): string => characters.charAt(randomInt(characters.length));

/** A random string by the rules of RandomString's inputs, defaults filled in. */
export function randomString(inputs: Bag): string {
  const alphabet = (kind: Kind): string =>
    kind === "special" && typeof inputs["overrideSpecial"] === "string" && inputs["overrideSpecial"]
      ? inputs["overrideSpecial"]
      : alphabets[kind];
  const count = (kind: Kind): number => Number(inputs[minimumOf(kind)] ?? 0);
  const allowed = kinds
    .filter((kind) => inputs[kind] !== false)
    .map(alphabet)
    .join("");
  const characters = kinds.flatMap((kind) =>
    Array.from({ length: count(kind) }, () => pick(alphabet(kind))),
  );
  while (characters.length < Number(inputs["length"])) characters.push(pick(allowed));
  for (let last = characters.length - 1; last > 0; last--) {
    const other = randomInt(last + 1);
    [characters[last], characters[other]] = [characters[other] ?? "", characters[last] ?? ""];
  }
  return characters.join("");
}

function withDefaults(inputs: Bag): Bag {
  const numeric = inputs["numeric"] ?? inputs["number"] ?? true;
  const minimums = kinds.map((kind) => [minimumOf(kind), inputs[minimumOf(kind)] ?? 0]);
  return {
    lower: true,
    upper: true,
    special: true,
    ...Object.fromEntries(minimums),
    ...inputs,
    numeric,
    number: numeric,
  };
}

function faults(inputs: Bag): { property: string; reason: string }[] {
  const filled = withDefaults(inputs);
  const { length } = filled;
  if (length === unknown) return [];
  if (typeof length !== "number" || length < 1)
    return [{ property: "length", reason: "length must be a number of at least 1" }];
  const least = kinds.reduce((sum, kind) => sum + Number(filled[minimumOf(kind)] ?? 0), 0);
  if (least > length)
    return [
      {
        property: "length",
        reason: `length ${length} is less than the minimums together, ${least}`,
      },
    ];
  return kinds.every((kind) => filled[kind] === false)
    ? [
        {
          property: "length",
          reason: "no characters are allowed: set one of lower, upper, numeric, special",
        },
      ]
    : [];
}

function refuseUnknownType(type: string): void {
  if (type !== stringType && type !== uuidType)
    throw new Error(
      `the local Azure's random provider has RandomString and RandomUuid, not ${type}`,
    );
}

export function createRandomProvider(): Provider {
  const state = (type: string, inputs: Bag, result: unknown): Bag =>
    type === stringType
      ? { ...withDefaults(inputs), result, id: result }
      : { ...inputs, result, id: result };
  return {
    name: "random",
    version: randomVersion,
    acceptSecrets: false,
    configure: () => undefined,
    check({ type, news }) {
      refuseUnknownType(type);
      return Promise.resolve({ inputs: news, failures: type === stringType ? faults(news) : [] });
    },
    // Every input decides what comes out, so every change makes a new one. To write a default down is no change.
    diff({ type, oldInputs, news }) {
      const filled = (inputs: Bag): Bag => (type === stringType ? withDefaults(inputs) : inputs);
      return {
        changes: findChanges(filled(oldInputs), filled(news), () => true),
        deleteBeforeReplace: false,
      };
    },
    create({ type, inputs, preview }) {
      if (preview) return Promise.resolve({ id: "", outputs: state(type, inputs, unknown) });
      const result = type === stringType ? randomString(withDefaults(inputs)) : randomUUID();
      return Promise.resolve({ id: result, outputs: state(type, inputs, result) });
    },
    read: ({ type, id, inputs, state: before }) =>
      Promise.resolve({
        id,
        inputs: inputs ?? (type === stringType ? { length: id.length } : {}),
        outputs: before["result"] === undefined ? state(type, { length: id.length }, id) : before,
      }),
    update: ({ state: before }) => Promise.resolve(before),
    delete: () => Promise.resolve(),
    invoke: (token) =>
      Promise.reject(new Error(`the local Azure's random provider has no function ${token}`)),
  };
}
