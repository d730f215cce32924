/** What a vault refuses of a new secret, whichever way it comes. */
import type { Resource, ResourceStore } from "../contracts/resources";
import { findDeletedSecret } from "./deletedSecrets";

/** Fewer than the 50 of other resources. */
const tagLimit = 15;
const tagLength = 512;
const valueLimit = 25_600;

export interface Refusal {
  code: "BadParameter" | "Conflict";
  message: string;
}

/** Why the vault does not take a secret, in its own words; they do not say what is wrong with tags. */
export function refusalOf(
  resources: ResourceStore,
  vault: Resource,
  { name, value, tags = {} }: { name: string; value: string; tags?: Record<string, string> },
): Refusal | undefined {
  const all = Object.entries(tags);
  if (all.length > tagLimit || all.some((tag) => tag.some(({ length }) => length > tagLength)))
    return { code: "BadParameter", message: "Property has invalid value\r\n" };
  if (value.length > valueLimit) {
    const message = `Secret is beyond the maximum permitted length of ${valueLimit} characters.`;
    return { code: "BadParameter", message };
  }
  if (!findDeletedSecret(resources, vault, name)) return undefined;
  const message =
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; ` +
    "in this state, the secret can only be recovered or purged.";
  return { code: "Conflict", message };
}
