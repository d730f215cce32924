/**
 * Values as Go's templates know them. Integers are `bigint` and floats `number`, because Go tells
 * them apart when it prints, compares and passes them; `null` is Go's nil and also a missing key.
 */
export type Value = string | bigint | number | boolean | null | readonly Value[] | MapValue;
export type MapValue = ReadonlyMap<string, Value>;

export const isMap = (value: Value): value is MapValue => value instanceof Map;
export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** A map from an object, without its absent entries. */
export function mapOf(object: Readonly<Record<string, Value | undefined>>): MapValue {
  const entries = Object.entries(object);
  return new Map(entries.filter((entry): entry is [string, Value] => entry[1] !== undefined));
}

/** Entries in the order Go visits and prints them: sorted by the bytes of the key. */
export const sortedEntries = (map: MapValue): [string, Value][] =>
  [...map.entries()].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

/** Whether `if` takes the value for true: nil, zero and everything empty are false. */
export function isTrue(value: Value): boolean {
  if (isMap(value)) return value.size > 0;
  if (isList(value)) return value.length > 0;
  return Boolean(value);
}

/** Go's name of the value's type, for messages. */
export function typeName(value: Value): string {
  if (value === null) return "nil";
  if (isMap(value)) return "map";
  if (isList(value)) return "list";
  if (typeof value === "bigint") return "int";
  return typeof value === "boolean" ? "bool" : typeof value === "number" ? "float64" : "string";
}

/** A float in Go's shortest form, which differs from JavaScript's for small exponents. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const magnitude = Math.abs(value);
  if (magnitude === 0) return Object.is(value, -0) ? "-0" : "0";
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
}

/** The value as Go's `%v` prints it. */
export function textOf(value: Value): string {
  if (value === null) return "<nil>";
  if (isMap(value))
    return `map[${sortedEntries(value)
      .map(([key, entry]) => `${key}:${textOf(entry)}`)
      .join(" ")}]`;
  if (isList(value)) return `[${value.map(textOf).join(" ")}]`;
  return typeof value === "number" ? floatText(value) : String(value);
}
