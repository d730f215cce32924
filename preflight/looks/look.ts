/** What all looks work with. */
import type { PlainSettings } from "../../settings/schema";
import type { Azure } from "../azure";
import type { Stack } from "../stack";

/** A stack whose settings are in order. */
export interface Settled {
  settings: PlainSettings;
  gitToken: string;
  /** None where no image comes from Docker Hub. */
  dockerHub?: { user: string; password: string };
}

/** Whoever is signed in, and where. */
export interface SignedIn {
  azure: Azure;
  subscriptionId: string;
  /** Of the caller, in the tenant's directory. */
  objectId: string;
}

/** How a setting is changed; on the local Azure plain ones are a file's. */
export function settingCommand(
  { name, local }: Pick<Stack, "name" | "local">,
  key: string,
  { value, secret = false }: { value?: string; secret?: boolean },
): string {
  if (local)
    return secret
      ? "npm run local -- down, and up: the local Azure makes it itself"
      : `set ${key} in Pulumi.${name}.yaml${value ? `, such as ${value}` : ""}`;
  const words = [secret ? "--secret " : "", key, value ? ` ${value}` : ""].join("");
  return `run: pulumi config set -s ${name} ${words}`;
}

export const run = (command: string): string => `run: ${command}`;
