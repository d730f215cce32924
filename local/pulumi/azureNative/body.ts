/** Between the SDK's flat camelCase properties and ARM's `{ location, tags, …, properties: { … } }`. */
import { isBag, unknown, type Bag, type Property } from "../propertyBag";
import type { ResourceType } from "./resourceTypes";

/** The SDK has the user-assigned identities as a list, ARM as a map. */
const identityList = "userAssignedIdentities";

function toArm(name: string, value: Property): Property {
  if (name !== "identity" || !isBag(value)) return value;
  const ids = value[identityList];
  if (!Array.isArray(ids)) return value;
  return { ...value, [identityList]: Object.fromEntries(ids.map((id) => [String(id), {}])) };
}

/** The ARM body that the inputs make. */
export function requestBody(type: ResourceType, inputs: Bag): Bag {
  const pick = (names: readonly string[]): Bag =>
    Object.fromEntries(
      names.filter((name) => inputs[name] != null).map((name) => [name, toArm(name, inputs[name])]),
    );
  const top = structuredCloneOf(pick(type.top)) as Bag;
  const properties = structuredCloneOf(pick(type.properties)) as Bag;
  for (const [path, arm] of Object.entries(type.renamed ?? {})) {
    const sdk = path.split(".").at(-1) ?? "";
    for (const bag of [top, properties]) rename(bag, path, { from: sdk, to: arm });
  }
  if (type.properties.length === 0) return top;
  for (const path of type.wrapped ?? []) replaceAt(properties, path.split("."), wrap);
  return { ...top, properties };
}

/** A container is `{ name, properties: { image, … } }` to ARM and `{ name, image, … }` to the SDK. */
function wrap({ name, ...properties }: Bag): Bag {
  return { ...(name === undefined ? {} : { name }), properties };
}

function unwrap({ properties, ...rest }: Bag): Bag {
  return { ...rest, ...(isBag(properties) ? properties : {}) };
}

/** The outputs that an ARM answer makes: `properties` lifted, except where the SDK keeps them in a bag. */
export function outputsOf(type: ResourceType, answer: Bag): Bag {
  const { properties, ...rest } = withoutPaths(answer, ["id"]);
  const lifted = type.properties.length > 0 && isBag(properties) ? properties : { properties };
  for (const path of type.wrapped ?? []) replaceAt(lifted, path.split("."), unwrap);
  const outputs = { ...rest, ...lifted, azureApiVersion: type.apiVersion };
  for (const [path, arm] of Object.entries(type.renamed ?? {})) {
    const sdk = path.split(".").at(-1) ?? "";
    rename(outputs, path, { from: arm, to: sdk });
  }
  return outputs;
}

/** What an import takes as inputs: the names in the id and all that a program could have written. */
export function inputsOf(type: ResourceType, outputs: Bag, path: Record<string, string>): Bag {
  const writable = withoutPaths(outputs, type.computed);
  const names = [...type.top, ...type.properties].filter((name) => writable[name] != null);
  return {
    ...path,
    ...Object.fromEntries(names.map((name) => [name, writable[name]])),
    azureApiVersion: type.apiVersion,
  };
}

/** `structuredClone` refuses the unknown mark, a symbol. */
function structuredCloneOf(value: Property): Property {
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (!isBag(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, structuredCloneOf(member)]),
  );
}

/** Marks what a path stands for as not known yet. Changes `bag`. */
export function setUnknown(bag: Bag, path: string): void {
  visit(bag, path.split("."), (owner, key) => (owner[key] = unknown));
}

/** A copy without the values at the paths. */
export function withoutPaths(bag: Bag, paths: readonly string[]): Bag {
  const copy = structuredCloneOf(bag) as Bag;
  for (const path of paths) visit(copy, path.split("."), (owner, key) => delete owner[key]);
  return copy;
}

export function valueAt(bag: Bag, path: string): Property {
  let found: Property;
  visit(bag, path.split("."), (owner, key) => (found = owner[key]));
  return found;
}

/** The bag with a value at a path; what lies on the way is made. Changes `bag`. */
export function setValue(bag: Bag, path: string, value: Property): void {
  const [key = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    bag[key] = value;
    return;
  }
  const next = bag[key];
  const owner: Bag = isBag(next) ? next : {};
  bag[key] = owner;
  setValue(owner, rest.join("."), value);
}

/** Gives each member that the path stands for another name, where it is there. Changes `bag`. */
function rename(bag: Bag, path: string, { from, to }: { from: string; to: string }): void {
  visit(bag, path.split("."), (owner) => {
    if (owner[from] === undefined) return;
    owner[to] = owner[from];
    delete owner[from];
  });
}

/** Replaces each object that the path names. */
function replaceAt(bag: Bag, path: string[], change: (found: Bag) => Bag): void {
  const changed = (value: Property): Property => (isBag(value) ? change(value) : value);
  visit(bag, path, (owner, key) => {
    const value = owner[key];
    if (value !== undefined)
      owner[key] = Array.isArray(value) ? value.map(changed) : changed(value);
  });
}

/** Calls `act` on the owner of every value that the path names; missing owners are passed over. */
function visit(
  bag: Bag,
  [step = "", ...rest]: string[],
  act: (owner: Bag, key: string) => void,
): void {
  const key = step.replace(/\[\]$/, "");
  if (rest.length === 0) return act(bag, key);
  const next = bag[key];
  const owners = Array.isArray(next) ? next : [next];
  for (const owner of owners) if (isBag(owner)) visit(owner, rest, act);
}
