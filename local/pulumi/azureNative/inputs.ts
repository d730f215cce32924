/** Fills in what a program may leave out: names and locations. */
import { createHash } from "node:crypto";
import { containsUnknown, unknown, type Bag } from "../propertyBag";
import type { ResourceType } from "./resourceTypes";

/** The real provider's own mark in the inputs: the name is random, so a replacement can be made before the old one goes. */
export const createBeforeDelete = "__createBeforeDelete";

export interface Defaults {
  logicalName: string;
  /** Same seed, same name: a preview and the update after it agree. */
  randomSeed: Uint8Array;
  olds: Bag;
  /** Location for everything, from the provider's configuration. */
  configuredLocation: string | undefined;
  locationOfGroup(resourceGroupName: string): Promise<string | undefined>;
}

/** The inputs with name, location and API version set. */
export async function withDefaults(
  type: ResourceType,
  news: Bag,
  defaults: Defaults,
): Promise<Bag> {
  const inputs: Bag = { ...news };
  const { olds } = defaults;
  const { input } = type.name;
  if (inputs[input] == null) {
    inputs[input] = olds[input] ?? newName(type.name.absent, defaults);
    if (olds[input] == null ? type.name.absent !== "copy" : olds[createBeforeDelete] === true)
      inputs[createBeforeDelete] = true;
  }
  if (type.located && inputs["location"] == null) {
    const location = olds["location"] ?? (await defaultLocation(inputs, defaults));
    if (location !== undefined) inputs["location"] = location;
  }
  inputs["azureApiVersion"] ??= type.apiVersion;
  return inputs;
}

async function defaultLocation(inputs: Bag, defaults: Defaults): Promise<unknown> {
  if (defaults.configuredLocation) return defaults.configuredLocation;
  const group = inputs["resourceGroupName"];
  if (containsUnknown(group)) return unknown;
  return typeof group === "string" ? await defaults.locationOfGroup(group) : undefined;
}

function newName(
  kind: ResourceType["name"]["absent"],
  { logicalName, randomSeed }: Defaults,
): string {
  if (kind === "copy") return logicalName;
  const hash = createHash("sha256").update(randomSeed).update(logicalName).digest("hex");
  if (kind === "random") return `${logicalName}${hash.slice(0, 8)}`;
  const guid = `${hash.slice(0, 12)}4${hash.slice(13, 16)}a${hash.slice(17, 32)}`;
  return guid.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
