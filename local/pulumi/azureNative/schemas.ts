/**
 * What the real provider checks inputs against, for the types that the local Azure has. Types and required members are
 * those of the azure-native 3.28 SDK. Lengths, patterns and ranges are those of Microsoft's published API descriptions
 * of the versions in `resourceTypes.ts`; the provider's own extract of them is not published. Values of enumerations
 * are not here: the provider does not check them.
 */

/** A plain value. */
export interface Scalar {
  kind: "string" | "boolean" | "integer" | "number";
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minimum?: number;
  maximum?: number;
}

export interface List {
  kind: "array";
  items: Schema;
}

/** A map, one of several types, or anything: taken as it is. */
export interface Unchecked {
  kind: "record" | "oneOf" | "any";
}

/** A bag with known members; `name!` is one that must be there. */
export interface Members {
  [member: string]: Schema;
}

export type Schema = Scalar | List | Unchecked | Members;

const text: Scalar = { kind: "string" };
const flag: Scalar = { kind: "boolean" };
const integer: Scalar = { kind: "integer" };
const number: Scalar = { kind: "number" };
const record: Unchecked = { kind: "record" };
const oneOf: Unchecked = { kind: "oneOf" };
const any: Unchecked = { kind: "any" };
const list = (items: Schema): List => ({ kind: "array", items });
const named = (minLength: number, maxLength: number, pattern: string): Scalar => ({
  kind: "string",
  minLength,
  maxLength,
  pattern,
});

const groupOfRegistry: Scalar = { kind: "string", minLength: 1 };
const registryName = named(5, 50, "^[a-zA-Z0-9]*$");
const vaultName: Scalar = { kind: "string", pattern: "^[a-zA-Z0-9-]{3,24}$" };
const identity: Members = {
  principalId: text,
  tenantId: text,
  type: text,
  userAssignedIdentities: record,
};
const accessPolicyEntry: Members = {
  applicationId: text,
  "objectId!": text,
  "permissions!": {
    certificates: list(text),
    keys: list(text),
    secrets: list(text),
    storage: list(text),
  },
  "tenantId!": text,
};
const environmentVariable: Members = {
  "name!": text,
  secureValue: text,
  secureValueReference: text,
  value: text,
};
const port: Members = { "port!": integer, protocol: text };
const gpu: Members = { "count!": integer, "sku!": text };
const volumeMount: Members = { "mountPath!": text, "name!": text, readOnly: flag };
const securityContext: Members = {
  allowPrivilegeEscalation: flag,
  capabilities: { add: list(text), drop: list(text) },
  privileged: flag,
  runAsGroup: integer,
  runAsUser: integer,
  seccompProfile: text,
};
const probe: Members = {
  exec: { command: list(text) },
  failureThreshold: integer,
  httpGet: {
    httpHeaders: list({ name: text, value: text }),
    path: text,
    "port!": integer,
    scheme: text,
  },
  initialDelaySeconds: integer,
  periodSeconds: integer,
  successThreshold: integer,
  timeoutSeconds: integer,
};

/** By type token: what each resource takes. */
export const schemas: Readonly<Record<string, Members>> = {
  "azure-native:containerregistry:Registry": {
    adminUserEnabled: flag,
    anonymousPullEnabled: flag,
    dataEndpointEnabled: flag,
    encryption: { keyVaultProperties: { identity: text, keyIdentifier: text }, status: text },
    identity,
    location: text,
    networkRuleBypassOptions: text,
    networkRuleSet: {
      "defaultAction!": text,
      ipRules: list({ action: text, "iPAddressOrRange!": text }),
    },
    policies: {
      azureADAuthenticationAsArmPolicy: { status: text },
      exportPolicy: { status: text },
      quarantinePolicy: { status: text },
      retentionPolicy: { days: integer, status: text },
      softDeletePolicy: { retentionDays: integer, status: text },
      trustPolicy: { status: text, type: text },
    },
    publicNetworkAccess: text,
    registryName,
    "resourceGroupName!": groupOfRegistry,
    "sku!": { "name!": text },
    tags: record,
    zoneRedundancy: text,
  },
  "azure-native:containerregistry:Task": {
    agentConfiguration: { cpu: integer },
    agentPoolName: text,
    credentials: { customRegistries: record, sourceRegistry: { loginMode: text } },
    identity,
    isSystemTask: flag,
    location: text,
    logTemplate: text,
    platform: { architecture: text, "os!": text, variant: text },
    "registryName!": registryName,
    "resourceGroupName!": groupOfRegistry,
    status: text,
    step: oneOf,
    tags: record,
    taskName: named(5, 50, "^[a-zA-Z0-9-_]*$"),
    timeout: { kind: "integer", minimum: 300, maximum: 28800 },
    trigger: {
      baseImageTrigger: {
        "baseImageTriggerType!": text,
        "name!": text,
        status: text,
        updateTriggerEndpoint: text,
        updateTriggerPayloadType: text,
      },
      sourceTriggers: list({
        "name!": text,
        "sourceRepository!": {
          branch: text,
          "repositoryUrl!": text,
          sourceControlAuthProperties: {
            expiresIn: integer,
            refreshToken: text,
            scope: text,
            "token!": text,
            "tokenType!": text,
          },
          "sourceControlType!": text,
        },
        "sourceTriggerEvents!": list(text),
        status: text,
      }),
      timerTriggers: list({ "name!": text, "schedule!": text, status: text }),
    },
  },
  "azure-native:containerregistry:TaskRun": {
    forceUpdateTag: text,
    identity,
    location: text,
    "registryName!": registryName,
    "resourceGroupName!": groupOfRegistry,
    runRequest: oneOf,
    taskRunName: text,
  },
  "azure-native:containerregistry:Token": {
    credentials: {
      certificates: list({
        encodedPemCertificate: text,
        expiry: text,
        name: text,
        thumbprint: text,
      }),
      passwords: list({ creationTime: text, expiry: text, name: text }),
    },
    "registryName!": registryName,
    "resourceGroupName!": groupOfRegistry,
    scopeMapId: text,
    status: text,
    tokenName: named(5, 50, "^[a-zA-Z0-9-]*$"),
  },
  "azure-native:containerregistry:ScopeMap": {
    "actions!": list(text),
    description: text,
    "registryName!": registryName,
    "resourceGroupName!": groupOfRegistry,
    scopeMapName: named(5, 50, "^[a-zA-Z0-9-_]*$"),
  },
  "azure-native:keyvault:Vault": {
    location: text,
    "properties!": {
      accessPolicies: list(accessPolicyEntry),
      createMode: text,
      enablePurgeProtection: flag,
      enableRbacAuthorization: flag,
      enableSoftDelete: flag,
      enabledForDeployment: flag,
      enabledForDiskEncryption: flag,
      enabledForTemplateDeployment: flag,
      networkAcls: {
        bypass: text,
        defaultAction: text,
        ipRules: list({ "value!": text }),
        virtualNetworkRules: list({ "id!": text, ignoreMissingVnetServiceEndpoint: flag }),
      },
      publicNetworkAccess: text,
      "sku!": { "family!": text, "name!": text },
      softDeleteRetentionInDays: integer,
      "tenantId!": text,
    },
    "resourceGroupName!": text,
    tags: record,
    vaultName,
  },
  "azure-native:keyvault:Secret": {
    "properties!": {
      attributes: { enabled: flag, expires: integer, notBefore: integer },
      contentType: text,
      value: text,
    },
    "resourceGroupName!": text,
    secretName: { kind: "string", pattern: "^[a-zA-Z0-9-]{1,127}$" },
    tags: record,
    "vaultName!": vaultName,
  },
  "azure-native:keyvault:AccessPolicy": {
    "policy!": record,
    "resourceGroupName!": text,
    "vaultName!": text,
  },
  "azure-native:authorization:RoleAssignment": {
    condition: text,
    conditionVersion: text,
    delegatedManagedIdentityResourceId: text,
    description: text,
    "principalId!": text,
    principalType: text,
    roleAssignmentName: text,
    "roleDefinitionId!": text,
    "scope!": text,
  },
  "azure-native:containerinstance:ContainerGroup": {
    confidentialComputeProperties: { ccePolicy: text },
    containerGroupName: text,
    containerGroupProfile: { id: text, revision: integer },
    "containers!": list({
      command: list(text),
      configMap: { keyValuePairs: record },
      environmentVariables: list(environmentVariable),
      image: text,
      livenessProbe: probe,
      "name!": text,
      ports: list(port),
      readinessProbe: probe,
      resources: {
        limits: { cpu: number, gpu, memoryInGB: number },
        "requests!": { "cpu!": number, gpu, "memoryInGB!": number },
      },
      securityContext,
      volumeMounts: list(volumeMount),
    }),
    diagnostics: {
      logAnalytics: {
        logType: text,
        metadata: record,
        "workspaceId!": text,
        "workspaceKey!": text,
        workspaceResourceId: text,
      },
    },
    dnsConfig: { "nameServers!": list(text), options: text, searchDomains: text },
    encryptionProperties: {
      identity: text,
      "keyName!": text,
      "keyVersion!": text,
      "vaultBaseUrl!": text,
    },
    extensions: list({
      "extensionType!": text,
      "name!": text,
      protectedSettings: any,
      settings: any,
      "version!": text,
    }),
    identity: { type: text, userAssignedIdentities: list(text) },
    imageRegistryCredentials: list({
      identity: text,
      identityUrl: text,
      password: text,
      passwordReference: text,
      "server!": text,
      username: text,
    }),
    initContainers: list({
      command: list(text),
      environmentVariables: list(environmentVariable),
      image: text,
      "name!": text,
      securityContext,
      volumeMounts: list(volumeMount),
    }),
    ipAddress: {
      autoGeneratedDomainNameLabelScope: text,
      dnsNameLabel: text,
      ip: text,
      "ports!": list(port),
      "type!": text,
    },
    location: text,
    osType: text,
    priority: text,
    "resourceGroupName!": text,
    restartPolicy: text,
    sku: text,
    standbyPoolProfile: { failContainerGroupCreateOnReuseFailure: flag, id: text },
    subnetIds: list({ "id!": text, name: text }),
    tags: record,
    volumes: list({
      azureFile: {
        readOnly: flag,
        "shareName!": text,
        storageAccountKey: text,
        storageAccountKeyReference: text,
        "storageAccountName!": text,
      },
      emptyDir: any,
      gitRepo: { directory: text, "repository!": text, revision: text },
      "name!": text,
      secret: record,
      secretReference: record,
    }),
    zones: list(text),
  },
  "azure-native:resources:ResourceGroup": {
    location: text,
    managedBy: text,
    resourceGroupName: named(1, 90, "^[-\\w\\._\\(\\)]+$"),
    tags: record,
  },
};
