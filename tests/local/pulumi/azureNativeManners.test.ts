// Where azure-native is less kind than one may think. Read in its source; does not prove that Azure behaves as the fake here.
import assert from "node:assert/strict";
import { createAzureNativeProvider } from "../../../local/pulumi/azureNative/azureNativeProvider";
import {
  accessPolicyType,
  pathInputs,
  resourceTypes,
} from "../../../local/pulumi/azureNative/resourceTypes";
import { schemas } from "../../../local/pulumi/azureNative/schemas";
import { unknown, type Bag } from "../../../local/pulumi/propertyBag";
import { InitializationFailed, type Provider } from "../../../local/pulumi/provider";
import { objectId, openFakeAzure, subscriptionId, type FakeAzure } from "./fixtures/fakeAzure";

const group = `/subscriptions/${subscriptionId}/resourceGroups/one`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrone`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/vault-one`;
const policyId = `${vault}/accessPolicy/${objectId}`;
const registryInputs = {
  ...{ resourceGroupName: "one", registryName: "acrone", location: "westeurope" },
  sku: { name: "Basic" },
};
const policyInputs = {
  resourceGroupName: "one",
  vaultName: "vault-one",
  policy: { objectId, tenantId: "t", permissions: { secrets: ["get"] } },
};
const quick = { "retry-after-ms": "1" };

describe("the manners of the azure-native stand-in", () => {
  let azure: FakeAzure;
  let provider: Provider & { close(): void };
  before(async () => {
    azure = await openFakeAzure();
    provider = createAzureNativeProvider(() => azure.environment);
    provider.configure({ location: "westeurope" });
  });
  beforeEach(() => {
    azure.resources.clear();
    azure.requests.length = 0;
    azure.intercept = undefined;
  });
  after(() => {
    provider.close();
    azure.close();
  });

  const target = (short: string, signal = new AbortController().signal) => ({
    type: `azure-native:${short}`,
    name: "thing",
    urn: "urn",
    signal,
    secrets: [],
  });
  const reasons = async (short: string, news: Bag) => {
    const request = { ...target(short), news, olds: {}, randomSeed: new Uint8Array([1]) };
    return (await provider.check(request)).failures.map(({ reason }) => reason);
  };
  const create = (short: string, inputs: Bag, signal?: AbortSignal) =>
    provider.create({ ...target(short, signal), inputs, preview: false });
  const update = (
    short: string,
    request: { id: string; inputs: Bag; state?: Bag; preview?: boolean },
  ) => provider.update({ ...target(short), oldInputs: {}, state: {}, preview: false, ...request });
  const diff = (short: string, oldInputs: Bag, news: Bag) =>
    provider
      .diff({ ...target(short), id: "x", state: {}, oldInputs, news })
      .changes.map(({ path, replaces }) => `${path}${replaces ? "!" : ""}`);
  const puts = (): string[] =>
    azure.requests.filter(({ method }) => method === "PUT").map(({ url }) => new URL(url).pathname);

  it("promises no principal, login server or vault address while an update is only planned", async () => {
    const task = await update("containerregistry:Task", {
      id: `${registry}/tasks/build`,
      preview: true,
      state: {
        ...{ name: "build", location: "westeurope", creationDate: "then", status: "Enabled" },
        identity: { type: "SystemAssigned", principalId: "p", tenantId: "t" },
      },
      inputs: {
        ...{ resourceGroupName: "one", registryName: "acrone", taskName: "build" },
        ...{ identity: { type: "SystemAssigned" }, timeout: 3600, tags: { a: "b" } },
        step: { type: "FileTask", taskFilePath: "a.yaml" },
      },
    });
    assert.deepEqual(task["identity"], {
      type: "SystemAssigned",
      principalId: unknown,
      tenantId: unknown,
      userAssignedIdentities: unknown,
    });
    const of = (...names: string[]): unknown[] => names.map((name) => task[name]);
    assert.deepEqual(of("name", "location", "timeout", "tags", "creationDate", "status"), [
      ...["build", "westeurope", 3600, { a: "b" }],
      ...[unknown, unknown],
    ]);
    assert.deepEqual(task["step"], { type: "FileTask", taskFilePath: "a.yaml" });
    const acr = await update("containerregistry:Registry", {
      id: registry,
      preview: true,
      state: { name: "acrone", loginServer: "acrone.azurecr.io" },
      inputs: registryInputs,
    });
    assert.deepEqual(
      [acr["name"], acr["loginServer"], acr["policies"]],
      ["acrone", unknown, unknown],
    );
    assert.deepEqual(acr["sku"], { name: "Basic", tier: unknown });
    const properties = { sku: { family: "A", name: "standard" }, tenantId: "t" };
    const keyvault = await update("keyvault:Vault", {
      id: vault,
      preview: true,
      state: { name: "vault-one", properties: { ...properties, vaultUri: "u" } },
      inputs: { resourceGroupName: "one", vaultName: "vault-one", properties },
    });
    const shown = keyvault["properties"] as Bag;
    assert.deepEqual(
      [shown["vaultUri"], shown["tenantId"], shown["createMode"], shown["accessPolicies"]],
      [unknown, "t", unknown, unknown],
    );
    assert.deepEqual(
      await update("keyvault:AccessPolicy", { id: policyId, preview: true, inputs: policyInputs }),
      {},
    );
  });

  it("never takes over what is there, also not what its own create left when it was cut off", async () => {
    const abort = new AbortController();
    azure.intercept = ({ method, body }) => {
      if (method !== "PUT") return undefined;
      azure.resources.set(registry.toLowerCase(), { ...body, id: registry, name: "acrone" });
      abort.abort();
      return { status: 200, after: new Promise(() => undefined) };
    };
    await assert.rejects(
      create("containerregistry:Registry", registryInputs, abort.signal),
      (error: unknown) => error instanceof Error && !(error instanceof InitializationFailed),
    );
    azure.intercept = undefined;
    await assert.rejects(create("containerregistry:Registry", registryInputs), {
      message: `cannot create already existing resource '${registry}'`,
    });
    assert.equal(puts().length, 1);
  });

  it("keeps what Azure has begun to make when it is no longer waited for, although it cannot look", async () => {
    const abort = new AbortController();
    const status = "https://management.azure.com/op?api-version=1";
    azure.intercept = ({ method, url }) => {
      if (url === status) {
        abort.abort();
        return { status: 200, headers: quick, body: { status: "InProgress" } };
      }
      if (method !== "PUT") return undefined;
      return { status: 201, headers: { ...quick, "azure-asyncoperation": status }, body: {} };
    };
    await assert.rejects(
      create("containerregistry:Registry", registryInputs, abort.signal),
      (error: unknown) => {
        assert.ok(error instanceof InitializationFailed);
        assert.deepEqual(error.made, { id: registry, outputs: {} });
        return true;
      },
    );
  });

  it("refuses an access policy that is there", async () => {
    azure.resources.set(vault.toLowerCase(), {
      properties: { accessPolicies: [{ objectId, permissions: {} }] },
    });
    await assert.rejects(create("keyvault:AccessPolicy", policyInputs), {
      message: `cannot create already existing resource "${policyId}"`,
    });
    assert.deepEqual(puts(), []);
  });

  it("does not make an access policy again that vanished", async () => {
    azure.resources.set(vault.toLowerCase(), { properties: { accessPolicies: [] } });
    await assert.rejects(update("keyvault:AccessPolicy", { id: policyId, inputs: policyInputs }), {
      message: `access policy for ${objectId} does not exist`,
    });
    assert.deepEqual(puts(), []);
  });

  it("fails to delete an access policy whose vault is gone", async () => {
    azure.intercept = ({ method }) =>
      method === "PUT"
        ? { status: 404, body: { error: { code: "ResourceNotFound", message: "no vault" } } }
        : undefined;
    const request = { ...target("keyvault:AccessPolicy"), id: policyId, state: {} };
    await assert.rejects(provider.delete({ ...request, inputs: policyInputs }), {
      message: `PUT ${vault}/accessPolicies/remove: ResourceNotFound: no vault`,
    });
  });

  it("does not put an updated vault back that vanished", async () => {
    const inputs = { resourceGroupName: "one", vaultName: "vault-one", properties: {} };
    await assert.rejects(update("keyvault:Vault", { id: vault, inputs }), /ResourceNotFound/);
    assert.deepEqual(puts(), []);
  });

  it("gives up at once when the directory does not know a principal yet", async () => {
    azure.intercept = ({ method }) =>
      method === "PUT"
        ? { status: 400, body: { error: { code: "PrincipalNotFound", message: "who?" } } }
        : undefined;
    const scope = {
      scope: group,
      roleAssignmentName: "r",
      principalId: "p",
      roleDefinitionId: "d",
    };
    await assert.rejects(create("authorization:RoleAssignment", scope), /PrincipalNotFound/);
    assert.equal(puts().length, 1);
  });

  for (const [status, code] of [
    [408, "Timeout"],
    [429, "TooManyRequests"],
    [503, "ServerBusy"],
    [409, "AnotherOperationInProgress"],
  ] as const)
    it(`asks three times more when Azure says ${status} ${code}, and then fails`, async () => {
      azure.intercept = ({ method }) =>
        method === "PUT"
          ? { status, headers: quick, body: { error: { code, message: "later" } } }
          : undefined;
      await assert.rejects(create("containerregistry:Registry", registryInputs), /later/);
      assert.equal(puts().length, 4);
    });

  it("does not ask again after a conflict of another kind", async () => {
    azure.intercept = ({ method }) =>
      method === "PUT"
        ? { status: 409, headers: quick, body: { error: { code: "AlreadyInUse", message: "no" } } }
        : undefined;
    await assert.rejects(create("containerregistry:Registry", registryInputs), /AlreadyInUse/);
    assert.equal(puts().length, 1);
  });

  it("looks at once after a long operation when Azure does not say how long to wait", async () => {
    const status = "https://management.azure.com/op?api-version=1";
    azure.intercept = ({ method, url }) => {
      if (url === status) return { status: 200, body: { status: "Succeeded" } };
      if (method !== "PUT") return undefined;
      azure.resources.set(registry.toLowerCase(), { id: registry, name: "acrone" });
      return { status: 201, headers: { "azure-asyncoperation": status }, body: {} };
    };
    const started = Date.now();
    await create("containerregistry:Registry", registryInputs);
    assert.ok(Date.now() - started < 5000);
  });

  const replacements: [string, Bag, Bag, string[]][] = [
    ["authorization:RoleAssignment", { principalId: "a" }, { principalId: "b" }, ["principalId!"]],
    ["authorization:RoleAssignment", { scope: "a" }, { scope: "b" }, ["scope!"]],
    [
      "authorization:RoleAssignment",
      { roleDefinitionId: "a", description: "a", principalType: "User" },
      { roleDefinitionId: "b", description: "b", principalType: "Group" },
      ["roleDefinitionId", "description", "principalType"],
    ],
    [
      "containerregistry:TaskRun",
      { runRequest: { taskId: "a" } },
      { runRequest: { taskId: unknown } },
      ["runRequest.taskId"],
    ],
    [
      "containerregistry:Registry",
      { zoneRedundancy: "Enabled" },
      { zoneRedundancy: "Disabled" },
      ["zoneRedundancy"],
    ],
    ["containerregistry:Registry", { location: "a" }, { location: "b" }, ["location!"]],
    ["keyvault:Vault", { location: "a" }, { location: "b" }, ["location"]],
    ["containerinstance:ContainerGroup", { zones: ["1"] }, { zones: ["2"] }, ["zones[0]"]],
    ["resources:ResourceGroup", { managedBy: "a" }, { managedBy: "b" }, ["managedBy"]],
    [
      "keyvault:AccessPolicy",
      { policy: { objectId: "a", tenantId: "a" } },
      { policy: { objectId: "b", tenantId: "b" } },
      ["policy.objectId!", "policy.tenantId"],
    ],
  ];
  for (const [type, before, after, expected] of replacements)
    it(`plans ${expected.join(", ")} of ${type} as azure-native does`, () => {
      assert.deepEqual(diff(type, before, after), expected);
    });

  const faults: [string, Bag, string[]][] = [
    [
      "containerregistry:Registry",
      { registryName: "acr" },
      ["'registryName' is too short (3): at least 5 characters required"],
    ],
    [
      "containerregistry:Registry",
      { registryName: "acr-one" },
      ["'registryName' does not match expression '^[a-zA-Z0-9]*$'"],
    ],
    ["containerregistry:Registry", { sku: {} }, ["missing required property 'sku.name'"]],
    ["containerregistry:Registry", { tags: "a" }, ["'tags' should be of type '' but got a string"]],
    [
      "containerregistry:Registry",
      { policies: { retentionPolicy: { days: 1.5 } } },
      ["'policies.retentionPolicy.days' must be an integer but got 1.500000"],
    ],
    [
      "containerregistry:Registry",
      { adminUserEnabled: "true", sku: { name: 1 } },
      [
        "'adminUserEnabled' should be of type 'boolean' but got a string",
        "'sku.name' should be of type 'string' but got a number",
      ],
    ],
    [
      "containerregistry:Registry",
      { unheardOf: 1, publicNetworkAccess: "Perhaps", registryName: unknown },
      [],
    ],
  ];
  for (const [type, inputs, expected] of faults)
    it(`tells of ${JSON.stringify(inputs)}: ${expected[0] ?? "nothing"}`, async () => {
      assert.deepEqual(await reasons(type, { ...registryInputs, ...inputs }), expected);
    });

  it("knows the inputs of every type that it takes, so that no fault of one passes unseen", () => {
    const tokens = [...Object.keys(resourceTypes), accessPolicyType].sort();
    assert.deepEqual(Object.keys(schemas).sort(), tokens);
    for (const [token, type] of Object.entries(resourceTypes)) {
      const inputs = Object.keys(schemas[token] ?? {}).map((name) => name.replace("!", ""));
      const written = [...pathInputs(type), ...type.top, ...type.properties];
      assert.deepEqual([type.token, inputs.sort()], [token, written.sort()]);
    }
  });

  it("refuses a task's time limit out of range, a trigger that is no list and a vault's name", async () => {
    const task = { resourceGroupName: "one", registryName: "acrone", taskName: "build-image" };
    assert.deepEqual(
      await reasons("containerregistry:Task", {
        ...task,
        timeout: 60,
        trigger: { timerTriggers: [{ name: "daily" }], sourceTriggers: "all" },
      }),
      [
        "'timeout' is too low (60.000000 < 300.000000)",
        "'trigger.sourceTriggers' should be of type 'array' but got a string",
        "missing required property 'trigger.timerTriggers[0].schedule'",
      ],
    );
    const properties = { sku: { family: "A", name: "standard" }, tenantId: "t" };
    assert.deepEqual(
      await reasons("keyvault:Vault", {
        resourceGroupName: "one",
        vaultName: "a_vault",
        properties,
      }),
      ["'vaultName' does not match expression '^[a-zA-Z0-9-]{3,24}$'"],
    );
    assert.deepEqual(
      await reasons("keyvault:AccessPolicy", { resourceGroupName: "one", vaultName: "v" }),
      ["missing required property 'policy'"],
    );
  });
});
