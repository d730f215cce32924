/**
 * The azure-native resource types that the local Azure takes, and how each maps to ARM. API versions are the
 * defaults of azure-native 3.28; property names are those of its Node.js SDK.
 */

export interface ResourceType {
  /** Type token in the engine. */
  token: string;
  apiVersion: string;
  /** ARM path below the subscription, or below a scope; `{x}` is filled from the input x. */
  path: string;
  /** Input that names the resource and how it is named when absent: with a random suffix, like the Pulumi resource, or a GUID. */
  name: { input: string; absent: "random" | "copy" | "guid" };
  /** Inputs that are members of the ARM body itself. */
  top: readonly string[];
  /** Inputs that lie in the body's `properties`. Empty where the SDK has a `properties` input of its own. */
  properties: readonly string[];
  required: readonly string[];
  /**
   * Inputs, beside those in the path, whose change makes a new resource. The real provider has a few in a list of its
   * own (RoleAssignment, ResourceGroup); the others are those that Microsoft's descriptions mark as only settable at
   * creation. Its extract of those is not published, so for `location` of registries, tasks, runs and container groups
   * this rests on the descriptions alone.
   */
  replaceOn?: readonly string[];
  /** Outputs that only Azure knows, as paths: unknown in a preview, never taken for drift. `[]` goes into each item. */
  computed: readonly string[];
  /** Members whose own `properties` bag the SDK lifts, as paths; `[]` for each item of a list. */
  wrapped?: readonly string[];
  /** Members that the SDK calls otherwise than ARM: the SDK's path, and ARM's own name of its last part. */
  renamed?: Readonly<Record<string, string>>;
  /** A path that other resources fill (a vault's access policies): kept on update, no drift, unless the program sets it. */
  shared?: string;
  /** Whether an absent `location` is taken from the configuration or the resource group. */
  located?: boolean;
}

const registryPath =
  "/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerRegistry/registries/{registryName}";
const vaultPath =
  "/resourceGroups/{resourceGroupName}/providers/Microsoft.KeyVault/vaults/{vaultName}";

const ofEvery = ["name", "type", "azureApiVersion", "systemData", "provisioningState"];
const ofIdentity = ["identity.principalId", "identity.tenantId"];

export const resourceTypes: Readonly<Record<string, ResourceType>> = {
  "azure-native:resources:ResourceGroup": {
    token: "azure-native:resources:ResourceGroup",
    apiVersion: "2024-03-01",
    path: "/resourceGroups/{resourceGroupName}",
    name: { input: "resourceGroupName", absent: "random" },
    top: ["location", "managedBy", "tags"],
    properties: [],
    required: ["location"],
    replaceOn: ["location"],
    computed: ["name", "type", "azureApiVersion", "properties"],
    located: true,
  },
  "azure-native:containerregistry:Registry": {
    token: "azure-native:containerregistry:Registry",
    apiVersion: "2023-01-01-preview",
    path: registryPath,
    name: { input: "registryName", absent: "random" },
    top: ["location", "tags", "sku", "identity"],
    properties: [
      "adminUserEnabled",
      "anonymousPullEnabled",
      "dataEndpointEnabled",
      "encryption",
      "networkRuleBypassOptions",
      "networkRuleSet",
      "policies",
      "publicNetworkAccess",
      "zoneRedundancy",
    ],
    required: ["sku", "location"],
    replaceOn: ["location"],
    computed: [
      ...ofEvery,
      ...ofIdentity,
      "creationDate",
      "dataEndpointHostNames",
      "loginServer",
      "privateEndpointConnections",
      "status",
      "sku.tier",
      "policies.retentionPolicy.lastUpdatedTime",
      "policies.softDeletePolicy.lastUpdatedTime",
    ],
    renamed: { "networkRuleSet.ipRules[].iPAddressOrRange": "value" },
    located: true,
  },
  "azure-native:containerregistry:Task": {
    token: "azure-native:containerregistry:Task",
    apiVersion: "2019-06-01-preview",
    path: `${registryPath}/tasks/{taskName}`,
    name: { input: "taskName", absent: "copy" },
    top: ["location", "tags", "identity"],
    properties: [
      "agentConfiguration",
      "agentPoolName",
      "credentials",
      "isSystemTask",
      "logTemplate",
      "platform",
      "status",
      "step",
      "timeout",
      "trigger",
    ],
    required: ["location"],
    replaceOn: ["location"],
    computed: [...ofEvery, ...ofIdentity, "creationDate", "step.baseImageDependencies"],
    located: true,
  },
  "azure-native:containerregistry:TaskRun": {
    token: "azure-native:containerregistry:TaskRun",
    apiVersion: "2019-06-01-preview",
    path: `${registryPath}/taskRuns/{taskRunName}`,
    name: { input: "taskRunName", absent: "copy" },
    top: ["location", "identity"],
    properties: ["forceUpdateTag", "runRequest"],
    required: [],
    replaceOn: ["location"],
    computed: [...ofEvery, ...ofIdentity, "runResult"],
    wrapped: ["runResult"],
    located: true,
  },
  "azure-native:containerregistry:Token": {
    token: "azure-native:containerregistry:Token",
    apiVersion: "2024-11-01-preview",
    path: `${registryPath}/tokens/{tokenName}`,
    name: { input: "tokenName", absent: "copy" },
    top: [],
    properties: ["credentials", "scopeMapId", "status"],
    required: [],
    computed: [...ofEvery, "creationDate"],
  },
  "azure-native:containerregistry:ScopeMap": {
    token: "azure-native:containerregistry:ScopeMap",
    apiVersion: "2024-11-01-preview",
    path: `${registryPath}/scopeMaps/{scopeMapName}`,
    name: { input: "scopeMapName", absent: "copy" },
    top: [],
    properties: ["actions", "description"],
    required: ["actions"],
    computed: [...ofEvery, "creationDate"],
  },
  "azure-native:keyvault:Vault": {
    token: "azure-native:keyvault:Vault",
    apiVersion: "2024-11-01",
    path: vaultPath,
    name: { input: "vaultName", absent: "random" },
    top: ["location", "tags", "properties"],
    properties: [],
    required: ["properties", "location"],
    computed: [
      "name",
      "type",
      "azureApiVersion",
      "systemData",
      "properties.vaultUri",
      "properties.hsmPoolResourceId",
      "properties.privateEndpointConnections",
      "properties.provisioningState",
      "properties.createMode",
    ],
    shared: "properties.accessPolicies",
    located: true,
  },
  "azure-native:keyvault:Secret": {
    token: "azure-native:keyvault:Secret",
    apiVersion: "2024-11-01",
    path: `${vaultPath}/secrets/{secretName}`,
    name: { input: "secretName", absent: "copy" },
    top: ["tags", "properties"],
    properties: [],
    required: ["properties"],
    computed: [
      "name",
      "type",
      "azureApiVersion",
      "location",
      "properties.secretUri",
      "properties.secretUriWithVersion",
      "properties.attributes.created",
      "properties.attributes.updated",
    ],
    renamed: { "properties.attributes.expires": "exp", "properties.attributes.notBefore": "nbf" },
  },
  "azure-native:authorization:RoleAssignment": {
    token: "azure-native:authorization:RoleAssignment",
    apiVersion: "2022-04-01",
    path: "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
    name: { input: "roleAssignmentName", absent: "guid" },
    top: [],
    properties: [
      "condition",
      "conditionVersion",
      "delegatedManagedIdentityResourceId",
      "description",
      "principalId",
      "principalType",
      "roleDefinitionId",
    ],
    required: ["principalId", "roleDefinitionId"],
    replaceOn: ["principalId"],
    computed: [...ofEvery, "createdBy", "createdOn", "updatedBy", "updatedOn"],
  },
  "azure-native:containerinstance:ContainerGroup": {
    token: "azure-native:containerinstance:ContainerGroup",
    apiVersion: "2024-05-01-preview",
    path: "/resourceGroups/{resourceGroupName}/providers/Microsoft.ContainerInstance/containerGroups/{containerGroupName}",
    name: { input: "containerGroupName", absent: "random" },
    top: ["location", "tags", "identity", "zones"],
    properties: [
      "confidentialComputeProperties",
      "containerGroupProfile",
      "containers",
      "diagnostics",
      "dnsConfig",
      "encryptionProperties",
      "extensions",
      "imageRegistryCredentials",
      "initContainers",
      "ipAddress",
      "osType",
      "priority",
      "restartPolicy",
      "sku",
      "standbyPoolProfile",
      "subnetIds",
      "volumes",
    ],
    required: ["containers", "location"],
    replaceOn: ["location"],
    wrapped: ["containers[]", "initContainers[]"],
    computed: [
      ...ofEvery,
      ...ofIdentity,
      "instanceView",
      "isCreatedFromStandbyPool",
      "ipAddress.ip",
      "ipAddress.fqdn",
      "containers[].instanceView",
      "initContainers[].instanceView",
    ],
    located: true,
  },
};

/** Token of the one type that is no ARM resource of its own: an entry in a vault's list of access policies. */
export const accessPolicyType = "azure-native:keyvault:AccessPolicy";

/**
 * The type behind a token.
 * @throws Error that names the token and what there is instead.
 */
export function resourceType(token: string): ResourceType {
  const type = resourceTypes[token];
  if (type) return type;
  const known = [...Object.keys(resourceTypes), accessPolicyType].map((name) =>
    name.replace("azure-native:", ""),
  );
  throw new Error(
    `the local Azure does not simulate ${token}; it has ${known.sort().join(", ")}: use one of these, or Azure`,
  );
}

/** Inputs that the path is made of. */
export function pathInputs(type: ResourceType): string[] {
  return [...type.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
}

/** The ARM id that the inputs make. All path inputs must be known strings. */
export function armId(
  type: ResourceType,
  inputs: Record<string, unknown>,
  subscription: string,
): string {
  const path = type.path.replace(/\{(\w+)\}/g, (_, input: string) => {
    const value = inputs[input];
    if (typeof value !== "string" || value === "")
      throw new Error(`missing required property '${input}'`);
    return input === "scope" ? value.replace(/^\/+|\/+$/g, "") : encodeURIComponent(value);
  });
  return type.path.startsWith("/{scope}") ? path : `/subscriptions/${subscription}${path}`;
}

/** The path inputs that an ARM id stands for: what an import starts from. */
export function parseArmId(type: ResourceType, id: string): Record<string, string> {
  const pattern = type.path.replace(/\{(\w+)\}/g, (_, input: string) =>
    input === "scope" ? "(?<scope>.+)" : `(?<${input}>[^/]+)`,
  );
  const prefix = type.path.startsWith("/{scope}") ? "" : "/subscriptions/[^/]+";
  const match = new RegExp(`^${prefix}${pattern}$`, "i").exec(id);
  if (!match?.groups)
    throw new Error(
      `${id} is no id of the form ${prefix ? "/subscriptions/{subscriptionId}" : ""}${type.path}`,
    );
  return { ...match.groups };
}
