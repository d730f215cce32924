/**
 * What the services of the local Azure share about ARM resources: the shape of a stored
 * resource and the store they are kept in. Only the resource manager writes resources;
 * the other services read them (a registry looks up its tokens, a vault its policies).
 */

/** A resource as the resource manager keeps it. `properties` is the ARM `properties` bag. */
export interface Resource {
  /** Full ARM id, in the case it was created with. Look-ups ignore case. */
  id: string;
  name: string;
  /** For example `Microsoft.ContainerRegistry/registries/tasks`. */
  type: string;
  location?: string;
  tags?: Record<string, string>;
  sku?: { name: string; tier?: string };
  identity?: { type: string; principalId?: string; tenantId?: string };
  properties: Record<string, unknown>;
  /** Who made and changed it when, of the types that tell it. */
  systemData?: SystemData;
  /**
   * What ARM accepts but never gives back: secret values, git tokens, password hashes.
   * Never part of an answer, a log line or an error.
   */
  secret?: Record<string, unknown>;
}

export interface SystemData {
  createdBy: string;
  createdByType: string;
  createdAt: string;
  lastModifiedBy: string;
  lastModifiedByType: string;
  lastModifiedAt: string;
}

/** Durable store of resources, keyed by ARM id without regard to case. */
export interface ResourceStore {
  get(id: string): Resource | undefined;
  /** Inserts or replaces, and writes to disk before it returns. */
  put(resource: Resource): void;
  /** Removes one resource (children are the caller's business). True if it was there. */
  delete(id: string): boolean;
  /** Resources of `type` (ignoring case), `under` an id prefix, or both; oldest first. */
  list(filter?: { type?: string; under?: string }): Resource[];
}

/** ARM resource types that more than one service names. */
export const resourceTypes = {
  resourceGroup: "Microsoft.Resources/resourceGroups",
  registry: "Microsoft.ContainerRegistry/registries",
  scopeMap: "Microsoft.ContainerRegistry/registries/scopeMaps",
  token: "Microsoft.ContainerRegistry/registries/tokens",
  task: "Microsoft.ContainerRegistry/registries/tasks",
  taskRun: "Microsoft.ContainerRegistry/registries/taskRuns",
  vault: "Microsoft.KeyVault/vaults",
  deletedVault: "Microsoft.KeyVault/locations/deletedVaults",
  vaultSecret: "Microsoft.KeyVault/vaults/secrets",
  deletedSecret: "Microsoft.KeyVault/vaults/deletedSecrets",
  containerGroup: "Microsoft.ContainerInstance/containerGroups",
  roleAssignment: "Microsoft.Authorization/roleAssignments",
} as const;
