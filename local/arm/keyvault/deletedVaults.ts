/** Deleted vaults: kept with their content until purged, recovered or past their time. */
import type { Directory } from "../../contracts/identity";
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { refuse } from "../errors";
import type { ResourceKind } from "../kind";

export const deletedVaultType = resourceTypes.deletedVault;

interface Parts {
  resources: ResourceStore;
  directory: Directory;
}

const idOf = ({ directory }: Parts, location: string, name: string): string =>
  `/subscriptions/${directory.subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;

/** Moves a vault and all below it (secrets, and the vault service's own records) into a deleted vault. */
export function keepDeletedVault(parts: Parts, vault: Resource): void {
  const { resources } = parts;
  const location = vault.location ?? "";
  const days = Number(vault.properties.softDeleteRetentionInDays ?? 90);
  const now = Date.now();
  resources.put({
    id: idOf(parts, location, vault.name),
    name: vault.name,
    type: deletedVaultType,
    properties: {
      vaultId: vault.id,
      location,
      tags: vault.tags ?? {},
      deletionDate: new Date(now).toISOString(),
      scheduledPurgeDate: new Date(now + days * 86_400_000).toISOString(),
      purgeProtectionEnabled: vault.properties.enablePurgeProtection === true,
    },
    secret: { vault, content: resources.list({ under: vault.id }).filter(isContent) },
  });
}

/** Role assignments on a vault end with it; all else comes back with it. */
const isContent = ({ type }: Resource): boolean => type !== resourceTypes.roleAssignment;

/** The deleted vault of a name, in whatever location; one past its time is gone. */
export function findDeletedVault({ resources }: Parts, name: string): Resource | undefined {
  for (const deleted of resources.list({ type: deletedVaultType })) {
    if (Date.parse(String(deleted.properties.scheduledPurgeDate)) <= Date.now()) {
      resources.delete(deleted.id);
    } else if (deleted.name.toLowerCase() === name.toLowerCase()) return deleted;
  }
  return undefined;
}

/** Puts the content back and returns the vault, which the caller stores. */
export function recoverVault(resources: ResourceStore, deleted: Resource): Resource {
  const { vault, content } = deleted.secret as { vault: Resource; content: Resource[] };
  for (const resource of content) resources.put(resource);
  resources.delete(deleted.id);
  return vault;
}

export function deletedVaultKind(parts: Parts): ResourceKind {
  return {
    type: deletedVaultType,
    scope: "subscription",
    createdStatus: 200,
    find({ names: [location = "", name = ""] }) {
      const deleted = findDeletedVault(parts, name);
      return deleted?.properties.location === location.toLowerCase() ? deleted : undefined;
    },
    actions: {
      purge: {
        method: "POST",
        name: "purge",
        run({ existing }) {
          if (existing.properties.purgeProtectionEnabled === true) {
            throw refuse("DeletedVaultPurge", existing.name);
          }
          parts.resources.delete(existing.id);
          return { status: 200 };
        },
      },
    },
  };
}

/** GET /subscriptions/S/providers/Microsoft.KeyVault/deletedVaults, what `az keyvault list-deleted` reads. */
export function deletedVaultListKind({ resources }: Parts): ResourceKind {
  return {
    type: "Microsoft.KeyVault/deletedVaults",
    scope: "subscription",
    createdStatus: 200,
    find: () => undefined,
    list: () => resources.list({ type: deletedVaultType }),
  };
}
