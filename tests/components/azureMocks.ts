/** Azure as `pulumi.runtime.setMocks` sees it: what each resource type answers. A type that is not here is an error. */
import * as pulumi from "@pulumi/pulumi";
import type { MockResourceArgs, MockResourceResult } from "@pulumi/pulumi/runtime";
import { vaultCreatedAt } from "./azureFunctions";
import { subscription, tenantId } from "./azureIds";

type Inputs = Record<string, unknown>;
type Answer = (inputs: Inputs, name: string) => { id: string; state: Inputs };

export const tokenCreatedAt = "2026-01-01T00:00:00Z";
export const issuedAt = "2026-01-02T00:00:00.000Z";

function resource(kind: string, nameInput: string, more?: (inputs: Inputs) => Inputs): Answer {
  return (inputs) => {
    const registry = nameInput !== "registryName" && inputs["registryName"];
    const vault = nameInput !== "vaultName" && inputs["vaultName"];
    const path = [
      `${subscription}/resourceGroups/${inputs["resourceGroupName"]}`,
      ...(registry ? [`providers/Microsoft.ContainerRegistry/registries/${registry}`] : []),
      ...(vault ? [`providers/Microsoft.KeyVault/vaults/${vault}`] : []),
      ...(kind ? [`${kind}/${inputs[nameInput]}`] : []),
    ];
    return {
      id: path.join("/"),
      state: { ...inputs, name: inputs[nameInput], ...more?.(inputs) },
    };
  };
}

const answers: Record<string, Answer> = {
  "azure-native:resources:ResourceGroup": resource("", "resourceGroupName"),
  "azure-native:containerregistry:Registry": resource(
    "providers/Microsoft.ContainerRegistry/registries",
    "registryName",
    ({ registryName }) => ({
      loginServer: `${registryName}.azurecr.io`,
      creationDate: "2026-01-01T00:00:00Z",
    }),
  ),
  "azure-native:containerregistry:Task": resource("tasks", "taskName", ({ taskName }) => ({
    identity: { type: "SystemAssigned", principalId: `principal-of-${taskName}`, tenantId },
  })),
  "azure-native:containerregistry:ScopeMap": resource("scopeMaps", "scopeMapName"),
  "azure-native:containerregistry:Token": resource("tokens", "tokenName", () => ({
    creationDate: tokenCreatedAt,
  })),
  "azure-native:keyvault:Vault": resource(
    "providers/Microsoft.KeyVault/vaults",
    "vaultName",
    ({ vaultName, properties }) => ({
      systemData: { createdAt: vaultCreatedAt },
      properties: { ...(properties as Inputs), vaultUri: `https://${vaultName}.vault.azure.net/` },
    }),
  ),
  "azure-native:keyvault:AccessPolicy": resource("accessPolicy", "vaultName"),
  "azure-native:containerinstance:ContainerGroup": resource(
    "providers/Microsoft.ContainerInstance/containerGroups",
    "containerGroupName",
    ({ ipAddress }) => ({ ipAddress: { ...(ipAddress as Inputs), ip: "20.0.0.1" } }),
  ),
  "azure-native:authorization:RoleAssignment": (inputs) => ({
    id: `${inputs["scope"]}/providers/Microsoft.Authorization/roleAssignments/${inputs["roleAssignmentName"]}`,
    state: inputs,
  }),
  "random:index/randomString:RandomString": (inputs) => ({
    id: "abc123",
    state: { ...inputs, result: "abc123" },
  }),
  "random:index/randomUuid:RandomUuid": (inputs) => ({
    id: "33333333-3333-3333-3333-333333333333",
    state: { ...inputs, result: "33333333-3333-3333-3333-333333333333" },
  }),
  "azure-native:monitor:DiagnosticSetting": (inputs) => ({
    id: `${inputs["resourceUri"]}/providers/Microsoft.Insights/diagnosticSettings/${inputs["name"]}`,
    state: inputs,
  }),
  "command:local:Command": (inputs, name) => {
    const printed = printedBy(inputs, name);
    // As the engine hands it on, told so by additionalSecretOutputs.
    const stdout = inputs["create"] === "node tokenPassword.cjs" ? pulumi.secret(printed) : printed;
    return { id: name, state: { ...inputs, stdout, stderr: "" } };
  },
};

/** What the scripts of components/parts/azure print. */
function printedBy({ create, environment = {} }: Inputs, name: string): string {
  const { GENERATION, TOKEN_CREATED, SECRET_NAME, TAG, PIN, REJECT } = environment as Record<
    string,
    string | undefined
  >;
  if (create === "node tokenPassword.cjs")
    return JSON.stringify({
      generation: GENERATION,
      token: TOKEN_CREATED,
      slot: "password1",
      issued: issuedAt,
      value: `generated-by-${name}`,
    });
  if (create === "node vaultSecret.cjs") return JSON.stringify({ uri: SECRET_NAME });
  if (create === "node promotedImage.cjs")
    return JSON.stringify({
      restore: `${TAG}-${PIN || "gc5"}`,
      digest: `sha256:${"5".repeat(64)}`,
      pin: PIN,
      rejectedRuns: REJECT ? ["gc6"] : [],
    });
  if (create === "node pinnedImage.cjs") return TAG ?? "";
  if (create === "node firstRun.cjs")
    return JSON.stringify({ reason: "r", run: `id-of-${name}`, status: "Succeeded", images: [] });
  throw new Error(`no such command: ${String(create)}`);
}

/** The answer to one registration. A preview knows no more than what the program said. */
export function answer(
  { type, name, inputs, custom }: MockResourceArgs,
  preview: boolean,
): MockResourceResult {
  if (!custom) return { id: undefined, state: {} };
  const known = answers[type];
  if (!known) throw new Error(`no such resource type: ${type}`);
  const { id, state } = known(inputs as Inputs, name);
  return preview ? { id: undefined, state: hideNews(state, inputs as Inputs) } : { id, state };
}

/** What the engine sends for a value that is not known yet. */
export const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** As azure-native previews a resource: every output that is no input is unknown, inside objects too. */
function hideNews(state: Inputs, inputs: Inputs): Inputs {
  const bag = (value: unknown): value is Inputs => typeof value === "object" && value !== null;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => {
      const given = inputs[key];
      if (given === undefined) return [key, unknownMark];
      return [
        key,
        bag(value) && bag(given) && !Array.isArray(value) ? hideNews(value, given) : given,
      ];
    }),
  );
}
