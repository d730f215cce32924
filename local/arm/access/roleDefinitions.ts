/** Azure's built-in roles that this program and its neighbours use, with their real ids and actions. */

export interface RoleDefinition {
  /** GUID, the same in every tenant. */
  id: string;
  roleName: string;
  description: string;
  actions: readonly string[];
  notActions?: readonly string[];
  dataActions?: readonly string[];
}

/** What nearly every service's contributor role carries beside its own actions. */
const commonActions = [
  "Microsoft.Authorization/*/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.Resources/deployments/*",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.Support/*",
];

const keyVaultReads = [
  "Microsoft.Authorization/*/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.Resources/deployments/*",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.Support/*",
  "Microsoft.KeyVault/checkNameAvailability/read",
  "Microsoft.KeyVault/deletedVaults/read",
  "Microsoft.KeyVault/locations/*/read",
  "Microsoft.KeyVault/vaults/*/read",
  "Microsoft.KeyVault/operations/read",
];

export const builtInRoles: readonly RoleDefinition[] = [
  {
    id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    roleName: "Owner",
    description: "Full access to all resources, including the right to assign roles.",
    actions: ["*"],
  },
  {
    id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    roleName: "Contributor",
    description: "Full access to all resources, without the right to assign roles.",
    actions: ["*"],
    notActions: [
      "Microsoft.Authorization/*/Delete",
      "Microsoft.Authorization/*/Write",
      "Microsoft.Authorization/elevateAccess/Action",
      "Microsoft.Blueprint/blueprintAssignments/write",
      "Microsoft.Blueprint/blueprintAssignments/delete",
      "Microsoft.Compute/galleries/share/action",
      "Microsoft.Purview/consents/write",
      "Microsoft.Purview/consents/delete",
    ],
  },
  {
    id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    roleName: "Reader",
    description: "Sees all resources and changes none.",
    actions: ["*/read"],
  },
  {
    id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    roleName: "User Access Administrator",
    description: "Manages who has access to resources.",
    actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
  },
  {
    id: "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    roleName: "Role Based Access Control Administrator",
    description: "Manages access to resources by assigning roles.",
    actions: [
      "Microsoft.Authorization/roleAssignments/write",
      "Microsoft.Authorization/roleAssignments/delete",
      "*/read",
      "Microsoft.Support/*",
    ],
  },
  {
    id: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    roleName: "AcrPull",
    description: "Pulls artifacts from a container registry.",
    actions: ["Microsoft.ContainerRegistry/registries/pull/read"],
  },
  {
    id: "8311e382-0749-4cb8-b61a-304f252e45ec",
    roleName: "AcrPush",
    description: "Pushes artifacts to and pulls artifacts from a container registry.",
    actions: [
      "Microsoft.ContainerRegistry/registries/pull/read",
      "Microsoft.ContainerRegistry/registries/push/write",
    ],
  },
  {
    id: "c2f4ef07-c644-48eb-af81-4b1b4947fb11",
    roleName: "AcrDelete",
    description: "Deletes artifacts of a container registry.",
    actions: ["Microsoft.ContainerRegistry/registries/artifacts/delete"],
  },
  {
    id: "4633458b-17de-408a-b874-0445c86b69e6",
    roleName: "Key Vault Secrets User",
    description: "Reads the values of secrets in vaults that use roles.",
    actions: [],
    dataActions: [
      "Microsoft.KeyVault/vaults/secrets/getSecret/action",
      "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    ],
  },
  {
    id: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
    roleName: "Key Vault Secrets Officer",
    description: "Does everything with secrets in vaults that use roles.",
    actions: keyVaultReads,
    dataActions: ["Microsoft.KeyVault/vaults/secrets/*"],
  },
  {
    id: "00482a5a-887f-4fb3-b363-3b7fe8e74483",
    roleName: "Key Vault Administrator",
    description: "Does everything with the content of vaults that use roles.",
    actions: keyVaultReads,
    dataActions: ["Microsoft.KeyVault/vaults/*"],
  },
  {
    id: "5d977122-f97e-4b4d-a52f-6b43003ddb4d",
    roleName: "Azure Container Instances Contributor Role",
    description: "Reads and writes container groups of Azure Container Instances.",
    // Microsoft's published list was not to be had: container groups are in the role's name, the reads are assumed.
    actions: ["Microsoft.ContainerInstance/containerGroups/*", ...commonActions],
  },
];

/** The role whose id ends a role definition's ARM id (or is the bare GUID). */
export function findRole(roleDefinitionId: string): RoleDefinition | undefined {
  const guid = roleDefinitionId.split("/").at(-1)?.toLowerCase();
  return builtInRoles.find(({ id }) => id === guid);
}

/** Azure counts what a vault does with its content as data: Owner does not include it. */
const dataAction = /^Microsoft\.KeyVault\/vaults\/(?:secrets|keys|certificates)\/(?!read$|write$)/i;

function matches(pattern: string, action: string): boolean {
  const expression = pattern
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${expression}$`, "i").test(action);
}

/** Whether the role allows the action; `*` in a pattern stands for any text, slashes included. */
export function allows(role: RoleDefinition, action: string): boolean {
  const granted = dataAction.test(action) ? (role.dataActions ?? []) : role.actions;
  const denied = dataAction.test(action) ? [] : (role.notActions ?? []);
  return (
    granted.some((pattern) => matches(pattern, action)) &&
    !denied.some((pattern) => matches(pattern, action))
  );
}
