/**
 * The API versions served, per resource type: what azure-cli 2.91, azure-native 3.28 (its default
 * versions) and @azure/arm-containerregistry 11 send, and neighbours with the same shape.
 */

const registryVersions = [
  "2022-12-01",
  "2023-01-01-preview",
  "2023-07-01",
  "2024-11-01-preview",
  "2025-04-01",
  "2025-11-01",
  "2026-09-01-preview",
];
const taskVersions = ["2019-04-01", "2019-06-01-preview", "2025-03-01-preview"];
const vaultVersions = ["2022-07-01", "2023-02-01", "2023-07-01", "2024-11-01", "2026-02-01"];
const containerVersions = ["2023-05-01", "2024-05-01-preview", "2025-09-01"];
const groupVersions = ["2021-04-01", "2022-09-01", "2024-03-01", "2024-11-01"];

/** Types beside the resource kinds that have versions of their own. */
export const subscriptionType = "Microsoft.Resources/subscriptions";
export const resourceListType = "Microsoft.Resources/resources";
export const providerType = "Microsoft.Resources/providers";
/** Checks of names are types of their providers. */
export const nameCheckType = (namespace: string): string => `${namespace}/checkNameAvailability`;

export const apiVersions: Readonly<Record<string, readonly string[]>> = {
  [subscriptionType]: ["2016-06-01", "2019-11-01", "2021-01-01", "2022-12-01"],
  // az keyvault looks a vault up by name with the oldest of these
  [resourceListType]: ["2015-11-01", "2019-07-01", ...groupVersions, "2025-04-01"],
  [providerType]: ["2019-07-01", ...groupVersions, "2025-04-01"],
  "Microsoft.ContainerRegistry/checkNameAvailability": registryVersions,
  "Microsoft.KeyVault/checkNameAvailability": vaultVersions,
  "Microsoft.Resources/resourceGroups": groupVersions,
  "Microsoft.Resources/tags": ["2019-10-01", "2021-04-01", "2024-03-01", "2024-11-01"],
  "Microsoft.ContainerRegistry/registries": registryVersions,
  "Microsoft.ContainerRegistry/registries/scopeMaps": registryVersions,
  "Microsoft.ContainerRegistry/registries/tokens": registryVersions,
  "Microsoft.ContainerRegistry/registries/tasks": taskVersions,
  "Microsoft.ContainerRegistry/registries/runs": taskVersions,
  "Microsoft.ContainerRegistry/registries/taskRuns": taskVersions,
  "Microsoft.KeyVault/vaults": ["2015-06-01", ...vaultVersions],
  "Microsoft.KeyVault/vaults/accessPolicies": vaultVersions,
  "Microsoft.KeyVault/vaults/secrets": vaultVersions,
  "Microsoft.KeyVault/locations/deletedVaults": vaultVersions,
  "Microsoft.KeyVault/deletedVaults": vaultVersions,
  "Microsoft.ContainerInstance/containerGroups": containerVersions,
  "Microsoft.ContainerInstance/containerGroups/containers": containerVersions,
  "Microsoft.Authorization/permissions": ["2015-07-01", "2018-07-01", "2022-04-01"],
  "Microsoft.Authorization/roleAssignments": ["2020-04-01-preview", "2022-04-01"],
  "Microsoft.Authorization/roleDefinitions": [
    "2018-01-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
  ],
};

/** Actions of a type that belong to another service's API version: scheduling is part of ACR Tasks. */
export const actionVersions: Readonly<Record<string, readonly string[]>> = {
  "Microsoft.ContainerRegistry/registries/scheduleRun": taskVersions,
};
