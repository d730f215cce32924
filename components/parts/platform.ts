/** What a company decides once, for all of its registries and tasks. */
import type * as pulumi from "@pulumi/pulumi";
import type { SecretVault } from "./secretVault";

export interface Platform {
  location: pulumi.Input<string>;
  vault: SecretVault;
  /** GitHub token that clones the tasks' repositories and registers the webhooks behind their commit triggers. */
  gitToken: pulumi.Input<string>;
  registries: RegistryOptions;
  tokens: TokenOptions;
  /** On all that takes tags. Letters, digits and `. _ - : @ +`. */
  tags: Record<string, string>;
}

/** What a registry can hold, how fast it is, and what it costs. */
export const registryTiers = ["Premium", "Standard", "Basic"] as const;
export type RegistryTier = (typeof registryTiers)[number];

export interface RegistryOptions {
  /** Default Premium, as in the article. A change keeps the registry and its images. */
  tier?: RegistryTier | undefined;
  /** Days in which a deleted image can be restored, 1 to 90; 7 unless there is a retention. */
  softDeleteDays?: number | undefined;
  /** Days until an untagged manifest is removed. Azure refuses it beside soft delete, and below Premium. */
  retentionDays?: number | undefined;
  /** Log Analytics workspace that logins and pushes are reported to. */
  logAnalyticsWorkspace?: pulumi.Input<string> | undefined;
}

export interface TokenOptions {
  /** Any text; when it changes, each token gets its other password. */
  rotated?: string | undefined;
  /** How long a password works, in days. */
  validDays: number;
}
