/** Deleted secrets: kept in their vault until purged, recovered or past their time. Meanwhile nobody can use the name. */
import { type Resource, type ResourceStore, resourceTypes } from "../contracts/resources";

export interface DeletedSecret {
  /** The secret as it was. */
  secret: Resource;
  /** Seconds since 1970. */
  deletedDate: number;
  scheduledPurgeDate: number;
}

const day = 86_400;
const mostDays = 90;

const idOf = (vault: Resource, name: string): string => `${vault.id}/deletedSecrets/${name}`;

/** How long the vault keeps what was deleted. */
export const retentionDays = ({ properties }: Resource): number =>
  Number(properties["softDeleteRetentionInDays"] ?? mostDays);

/** The vault's word for what can be done with a deleted secret. */
export function recoveryLevel(vault: Resource): string {
  const prefix = retentionDays(vault) < mostDays ? "Customized" : "";
  const suffix = vault.properties["enablePurgeProtection"] === true ? "" : "+Purgeable";
  return `${prefix}Recoverable${suffix}`;
}

export function deleteSecret(
  resources: ResourceStore,
  vault: Resource,
  secret: Resource,
): DeletedSecret {
  const deletedDate = Math.floor(Date.now() / 1000);
  const scheduledPurgeDate = deletedDate + retentionDays(vault) * day;
  const deleted: DeletedSecret = { secret, deletedDate, scheduledPurgeDate };
  resources.put({
    id: idOf(vault, secret.name),
    name: secret.name,
    type: resourceTypes.deletedSecret,
    properties: {},
    secret: { ...deleted },
  });
  resources.delete(secret.id);
  return deleted;
}

/** All deleted secrets of a vault. Those past their time are gone. */
export function listDeletedSecrets(resources: ResourceStore, vault: Resource): DeletedSecret[] {
  const all = resources.list({ type: resourceTypes.deletedSecret, under: vault.id });
  return all.flatMap((resource) => {
    const deleted = resource.secret as unknown as DeletedSecret;
    if (deleted.scheduledPurgeDate * 1000 > Date.now()) return [deleted];
    resources.delete(resource.id);
    return [];
  });
}

export function findDeletedSecret(
  resources: ResourceStore,
  vault: Resource,
  name: string,
): DeletedSecret | undefined {
  const wanted = name.toLowerCase();
  return listDeletedSecrets(resources, vault).find(
    ({ secret }) => secret.name.toLowerCase() === wanted,
  );
}

export function purgeSecret(resources: ResourceStore, vault: Resource, name: string): void {
  resources.delete(idOf(vault, name));
}

export function recoverSecret(
  resources: ResourceStore,
  vault: Resource,
  { secret }: DeletedSecret,
): Resource {
  resources.put(secret);
  purgeSecret(resources, vault, secret.name);
  return secret;
}
