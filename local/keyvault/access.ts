/** Who may do what with a vault's secrets: access policies, or roles where the vault says so. */
import type { Authorizer, Principal } from "../contracts/identity";
import type { Resource } from "../contracts/resources";
import { VaultError } from "./errors";

export type SecretPermission = "get" | "list" | "set" | "delete" | "recover" | "purge";

interface AccessPolicy {
  objectId: string;
  permissions: { secrets?: string[] };
}

const dataActions: Record<SecretPermission, string> = {
  get: "Microsoft.KeyVault/vaults/secrets/getSecret/action",
  list: "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  set: "Microsoft.KeyVault/vaults/secrets/setSecret/action",
  delete: "Microsoft.KeyVault/vaults/secrets/delete",
  recover: "Microsoft.KeyVault/vaults/secrets/recover/action",
  purge: "Microsoft.KeyVault/vaults/secrets/purge/action",
};

export interface AccessRequest {
  vault: Resource;
  /** Name of the secret; absent for the list of all. */
  secret?: string;
  principal: Principal;
  permission: SecretPermission;
}

/** @throws {VaultError} 403 that names caller, vault and the missing permission. */
export function checkAccess(request: AccessRequest, authorizer: Authorizer): void {
  const { vault, secret, principal, permission } = request;
  const { objectId, appId } = principal;
  const scope = secret === undefined ? vault.id : `${vault.id}/secrets/${secret}`;
  const byRole = vault.properties["enableRbacAuthorization"] === true;
  const policies = (vault.properties["accessPolicies"] ?? []) as AccessPolicy[];
  const allowed = byRole
    ? authorizer.can(objectId, dataActions[permission], scope)
    : policies
        .filter((policy) => policy.objectId.toLowerCase() === objectId.toLowerCase())
        .flatMap((policy) => policy.permissions.secrets ?? [])
        .map((each) => each.toLowerCase())
        // Whoever has "all" may not purge: that right is given by its name.
        .some((each) => each === permission || (each === "all" && permission !== "purge"));
  if (allowed) return;
  const caller = `appid=${appId};oid=${objectId}`;
  if (byRole) {
    throw new VaultError(
      "forbiddenByRole",
      "Caller is not authorized to perform action on resource. If role assignments, deny assignments or role " +
        `definitions were changed recently, please observe propagation time. Caller: ${caller} ` +
        `Action: '${dataActions[permission]}' Resource: '${scope}' Assignment: (not found) Vault: ${vault.name}`,
    );
  }
  throw new VaultError(
    "forbidden",
    `The user, group or application '${caller}' does not have secrets ${permission} permission on key vault '${vault.name}'.`,
  );
}
