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

export interface RegistryOptions {
  /** Days in which a deleted image can be restored, 1 to 90; 7 unless there is a retention. */
  softDeleteDays?: number | undefined;
  /** Days until an untagged manifest is removed. Azure refuses it beside soft delete. */
  retentionDays?: number | undefined;
  /** A change replaces the registry. */
  zoneRedundant: boolean;
  /** IPv4 ranges that may use the public address; without any, all may. */
  allowedIpRanges: string[];
  /** Subnet for a private endpoint. With it the public address is closed but for `allowedIpRanges`. */
  privateEndpointSubnet?: pulumi.Input<string> | undefined;
  /** Log Analytics workspace that logins and pushes are reported to. */
  logAnalyticsWorkspace?: pulumi.Input<string> | undefined;
}

export interface TokenOptions {
  /** Any text; when it changes, each token gets its other password. */
  rotated?: string | undefined;
  /** How long a password works, in days. */
  validDays: number;
}
