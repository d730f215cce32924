/** Real public registries, and how to sign in to them. */
import type * as pulumi from "@pulumi/pulumi";
import type { ImageSource } from "./imageSource";
import { oncePerName } from "./oncePerName";
import type { SecretVault } from "./secretVault";

export interface PublicRegistryFacts {
  /** How images are pulled; none where the registry wants no login. */
  login?: {
    /** Start of the two configuration keys, and of the names of the two vault secrets, as in the article. */
    key: string;
    service: string;
  };
}

const facts = {
  "docker.io": { login: { key: "dockerHub", service: "Docker Hub" } },
  "mcr.microsoft.com": {},
  "quay.io": { login: { key: "quay", service: "Quay" } },
  "ghcr.io": { login: { key: "ghcr", service: "GitHub" } },
} satisfies Record<string, PublicRegistryFacts>;

export type PublicRegistryName = keyof typeof facts;
export const publicRegistryFacts: Record<PublicRegistryName, PublicRegistryFacts> = facts;
export const publicRegistryNames = Object.keys(facts) as PublicRegistryName[];

export interface PublicLogin {
  /** Secret. */
  user: pulumi.Input<string>;
  /** Secret. */
  password: pulumi.Input<string>;
}

/** A login for each registry that images come from; `undefined` where it wants none. */
export type PublicLogins = { [name in PublicRegistryName]?: PublicLogin | undefined };

/**
 * Public registries as sources of images. A registry's login is put into the vault when it is first asked for.
 * @returns the source for a registry that `logins` has
 */
export const publicRegistries = (
  vault: SecretVault,
  logins: PublicLogins,
): ((name: PublicRegistryName) => ImageSource) =>
  oncePerName((loginServer) => {
    const given = logins[loginServer];
    const known = publicRegistryFacts[loginServer].login;
    if (!given || !known) return { loginServer, ready: () => [] };
    const name = `registry-${known.key.toLowerCase()}`;
    const login = vault.storeLogin(name, { start: name, ...given });
    return { loginServer, login, ready: () => [] };
  });
