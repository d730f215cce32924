/** How a vault's secrets are stored: one resource each, values and versions where ARM never shows them. */
import { randomBytes } from "node:crypto";
import type { Resource, ResourceStore } from "../contracts/resources";
import { resourceTypes } from "../contracts/resources";

export interface SecretVersion {
  version: string;
  value: string;
  contentType?: string;
  attributes: SecretAttributes;
  tags?: Record<string, string>;
}

/** Times are seconds since 1970. */
export interface SecretAttributes {
  enabled: boolean;
  created: number;
  updated: number;
  exp?: number;
  nbf?: number;
}

export interface NewSecret {
  resources: ResourceStore;
  /** The vault's resource. */
  vault: Resource;
  name: string;
  value: string;
  contentType?: string;
  attributes?: Partial<SecretAttributes>;
  tags?: Record<string, string>;
}

/** The vault's address, with a slash at its end. */
export const vaultUri = (vault: Resource): string =>
  `https://${vault.name.toLowerCase()}.vault.azure.net/`;

/** Versions of a secret, newest first. */
export function versionsOf(secret: Resource): SecretVersion[] {
  return (secret.secret?.["versions"] as SecretVersion[] | undefined) ?? [];
}

/** Stores a value as the secret's newest version; the same value again changes only what is beside it. */
export function writeSecret(secret: NewSecret): Resource {
  const { resources, vault, name, value, contentType, tags } = secret;
  const id = `${vault.id}/secrets/${name}`;
  const existing = resources.get(id);
  const older = existing ? versionsOf(existing) : [];
  const [newest] = older;
  const now = Math.floor(Date.now() / 1000);
  const same = newest?.value === value;
  const current: SecretVersion = {
    version: same ? newest.version : randomBytes(16).toString("hex"),
    value,
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags }),
    attributes: {
      enabled: true,
      ...secret.attributes,
      created: same ? newest.attributes.created : now,
      updated: now,
    },
  };
  const uri = `${vaultUri(vault)}secrets/${name}`;
  const resource: Resource = {
    id,
    name,
    type: resourceTypes.vaultSecret,
    ...(vault.location === undefined ? {} : { location: vault.location }),
    ...(tags === undefined ? {} : { tags }),
    properties: {
      attributes: current.attributes,
      ...(contentType === undefined ? {} : { contentType }),
      secretUri: uri,
      secretUriWithVersion: `${uri}/${current.version}`,
    },
    secret: { value, versions: [current, ...(same ? older.slice(1) : older)] },
  };
  resources.put(resource);
  return resource;
}
