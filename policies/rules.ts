/** All rules of the pack, as another pack can take them over too. */
import type { Policies } from "@pulumi/policy";
import { roleNotPrivileged, roleScopeNarrow } from "./authorization";
import { containersFromRegistries } from "./containerInstance";
import { registryNoAdminUser, registryNoAnonymousPull } from "./containerRegistry";
import { vaultAccessGetOnly } from "./keyVault";
import { taskNoPlainSecrets } from "./plainValues";
import { appBuildsOnBaseArtifacts } from "./provenance";
import { taskCredentialsFromVault, taskManagedIdentity } from "./registryTask";

export const rules: Policies = [
  registryNoAdminUser,
  registryNoAnonymousPull,
  taskManagedIdentity,
  taskCredentialsFromVault,
  taskNoPlainSecrets,
  vaultAccessGetOnly,
  roleNotPrivileged,
  roleScopeNarrow,
  containersFromRegistries,
  appBuildsOnBaseArtifacts,
];
