/** Every resource type that is served. A group's content is deleted in this order: users before what they use. */
import { permissionsKind } from "./access/permissions";
import { roleAssignmentKind } from "./access/roleAssignment";
import { roleDefinitionKind } from "./access/roleDefinition";
import { containerGroupKind } from "./containerInstance/containerGroup";
import { containerKind } from "./containerInstance/container";
import { accessPoliciesKind } from "./keyvault/accessPolicies";
import { deletedVaultKind, deletedVaultListKind } from "./keyvault/deletedVaults";
import { vaultSecretKind } from "./keyvault/secret";
import { vaultKind } from "./keyvault/vault";
import { openVaultChanges } from "./keyvault/vaultChanges";
import type { ArmServices, ResourceKind } from "./kind";
import { registryKind } from "./registry/registry";
import { runKind } from "./registry/runs";
import { scopeMapKind } from "./registry/scopeMap";
import { taskKind } from "./registry/task";
import { taskRunKind } from "./registry/taskRun";
import { tokenKind } from "./registry/token";
import { resourceGroupKind } from "./resources/resourceGroup";
import { tagsKind } from "./resources/tags";

export const resourceKinds = (services: ArmServices): readonly ResourceKind[] => {
  const vaultChanges = openVaultChanges();
  return [
    containerGroupKind(services),
    containerKind(services),
    taskRunKind(services),
    taskKind(services),
    runKind(services),
    tokenKind(services),
    scopeMapKind(services),
    registryKind(services),
    vaultSecretKind(services, vaultChanges),
    accessPoliciesKind(services, vaultChanges),
    vaultKind(services),
    deletedVaultKind(services),
    deletedVaultListKind(services),
    roleAssignmentKind(services),
    roleDefinitionKind(services),
    permissionsKind(services),
    tagsKind(services),
    resourceGroupKind(),
  ];
};
