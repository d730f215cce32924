/** Checks inputs as the real provider does, in its words, and passes what it lets pass: unknown members, wrong enumeration values. */
import { isBag, unknown, type Bag, type Property } from "../propertyBag";
import { pathInputs, type ResourceType } from "./resourceTypes";
import { schemas, type Members, type Scalar, type Schema } from "./schemas";

export interface Failure {
  /** Always empty: the provider names the property in the reason alone. */
  property: "";
  reason: string;
}

const failure = (reason: string): Failure => ({ property: "", reason });

/** All faults of the inputs of a type that has a schema. */
export function check(token: string, inputs: Bag, type?: ResourceType): Failure[] {
  const members = schemas[token] ?? {};
  const inPath = type ? pathInputs(type) : [];
  const required = [
    ...new Set([
      ...inPath,
      ...(type?.required ?? []),
      ...Object.keys(members).filter(isRequired).map(plainName),
    ]),
  ];
  const missing = required.filter((name) => inputs[name] == null).map(missingProperty);
  return [...missing, ...checkMembers("", members, inputs)];
}

function missingProperty(path: string): Failure {
  const hint =
    path === "location"
      ? ". Either set it explicitly or configure it with 'pulumi config set azure-native:location <value>'."
      : "";
  return failure(`missing required property '${path}'${hint}`);
}

const isRequired = (member: string): boolean => member.endsWith("!");
const plainName = (member: string): string => member.replace("!", "");

function checkMembers(path: string, members: Members, values: Bag): Failure[] {
  const pathOf = (member: string): string => (path ? `${path}.${member}` : member);
  return Object.entries(members).flatMap(([member, schema]) => {
    const name = plainName(member);
    const value = values[name];
    if (value == null)
      // At the top the caller knows more of what must be there.
      return path && isRequired(member) ? [missingProperty(pathOf(name))] : [];
    return checkValue(pathOf(name), schema, value);
  });
}

function checkValue(path: string, schema: Schema, value: Property): Failure[] {
  const wanted = "kind" in schema ? schema.kind : "bag";
  if (value === unknown || wanted === "any") return [];
  // The provider knows neither a type for bags and maps nor a check of flags.
  const type = ["bag", "record", "oneOf"].includes(String(wanted)) ? "" : String(wanted);
  const wrong = (article: string): Failure[] => [
    failure(`'${path}' should be of type '${type}' but got ${article}`),
  ];
  if (isBag(value)) return wanted === "bag" ? checkMembers(path, schema as Members, value) : [];
  if (Array.isArray(value)) {
    if (wanted === "record") return [];
    if (wanted !== "array") return wrong("an array");
    const { items } = schema as { items: Schema };
    return value.flatMap((item, index) => checkValue(`${path}[${index}]`, items, item));
  }
  if (typeof value === "string") {
    return type === "string" ? checkText(path, schema as Scalar, value) : wrong("a string");
  }
  if (typeof value === "number") {
    const isNumber = type === "number" || type === "integer";
    return isNumber ? checkNumber(path, schema as Scalar, value) : wrong("a number");
  }
  return [];
}

/** Lengths are counted in bytes, as Go does. */
function checkText(
  path: string,
  { minLength, maxLength, pattern }: Scalar,
  value: string,
): Failure[] {
  const length = Buffer.byteLength(value);
  return [
    ...(minLength !== undefined && length < minLength
      ? [`'${path}' is too short (${length}): at least ${minLength} characters required`]
      : []),
    ...(maxLength !== undefined && length > maxLength
      ? [`'${path}' is too long (${length}): at most ${maxLength} characters allowed`]
      : []),
    ...(pattern !== undefined && !new RegExp(pattern).test(value)
      ? [`'${path}' does not match expression '${pattern}'`]
      : []),
  ].map(failure);
}

function checkNumber(path: string, { kind, minimum, maximum }: Scalar, value: number): Failure[] {
  const shown = (number: number): string => number.toFixed(6);
  return [
    ...(kind === "integer" && !Number.isInteger(value)
      ? [`'${path}' must be an integer but got ${shown(value)}`]
      : []),
    ...(minimum !== undefined && value < minimum
      ? [`'${path}' is too low (${shown(value)} < ${shown(minimum)})`]
      : []),
    ...(maximum !== undefined && value > maximum
      ? [`'${path}' is too high (${shown(value)} > ${shown(maximum)})`]
      : []),
  ].map(failure);
}
