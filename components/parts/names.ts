/** Names of what this stack makes, within Azure's rules. */
import type * as pulumi from "@pulumi/pulumi";

/** An app's or a team's part of its registry's name, which has no hyphens. */
export const registryStem = (owner: string): string => owner.replaceAll("-", "");

/** A registry's name, 5 to 50 letters and digits, for a prefix of 2 to 11, an owner of up to 32 and a suffix of 6. */
export const registryName = (prefix: string, owner: string, suffix: string): string =>
  `${prefix}${registryStem(owner)}${suffix}`;

/** A vault's name: 3 to 24 letters, digits and hyphens. */
export const vaultName = (prefix: string, suffix: string): string => `${prefix}-vault-${suffix}`;

/** A container group's name: 1 to 63 lower-case letters, digits and hyphens. */
export const containerGroupName = (app: string, suffix: string): string => `${app}-aci-${suffix}`;

/**
 * The start of the article's names for a registry login in the vault, `-user` and `-password` being the ends. Where
 * apps share a registry each has a login of its own.
 */
export const loginSecretName = (registry: string, app?: string): string =>
  ["registry", registry, ...(app === undefined ? [] : [app])].join("-");

/** A base image's name as part of the name of a value: `my-node` is `MY_NODE`. */
export const valueName = (image: string): string => image.replaceAll("-", "_").toUpperCase();

/** The stack's names, for an ending that is known only once the stack is there. */
export const namesOf = (prefix: string, ending: pulumi.Output<string>) => ({
  vault: ending.apply((end) => vaultName(prefix, end)),
  registry: (owner: string) => ending.apply((end) => registryName(prefix, owner, end)),
  containerGroup: (app: string) => ending.apply((end) => containerGroupName(app, end)),
});
