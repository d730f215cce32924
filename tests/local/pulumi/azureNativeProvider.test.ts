// Does not prove that Azure takes these requests; the shapes follow the SDK's types and Microsoft's swagger.
import assert from "node:assert/strict";
import { createAzureNativeProvider } from "../../../local/pulumi/azureNative/azureNativeProvider";
import { unknown, type Bag } from "../../../local/pulumi/propertyBag";
import { InitializationFailed, type Provider } from "../../../local/pulumi/provider";
import { openFakeAzure, subscriptionId, tenantId, type FakeAzure } from "./fixtures/fakeAzure";

const signal = new AbortController().signal;
const group = `/subscriptions/${subscriptionId}/resourceGroups/one`;
const noArgs = { args: {}, signal, secrets: [] };
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrone`;

describe("the azure-native stand-in", () => {
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

  const target = (short: string, name = "thing") => ({
    type: `azure-native:${short}`,
    name,
    urn: `urn:pulumi:s::p::azure-native:${short}::${name}`,
    signal,
    secrets: [],
  });
  const check = (short: string, news: Bag, olds: Bag = {}) =>
    provider.check({ ...target(short), news, olds, randomSeed: new Uint8Array([1]) });
  const create = (short: string, inputs: Bag, preview = false) =>
    provider.create({ ...target(short), inputs, preview });

  it("refuses a type that the local Azure does not have, by its name", async () => {
    await assert.rejects(
      check("storage:StorageAccount", {}),
      /does not simulate azure-native:storage:StorageAccount; it has authorization:RoleAssignment, /,
    );
  });

  it("names a resource at random once, copies a child's name and gives a role a GUID", async () => {
    const news = { resourceGroupName: "one", sku: { name: "Basic" } };
    const first = await check("containerregistry:Registry", news);
    assert.match(String(first.inputs["registryName"]), /^thing[0-9a-f]{8}$/);
    assert.deepEqual(
      [first.inputs["location"], first.inputs["azureApiVersion"], first.failures],
      ["westeurope", "2023-01-01-preview", []],
    );
    const again = await check("containerregistry:Registry", news, first.inputs);
    assert.deepEqual(again.inputs, first.inputs);
    const child = await check("containerregistry:ScopeMap", {
      resourceGroupName: "one",
      registryName: "acrone",
      actions: [],
    });
    assert.equal(child.inputs["scopeMapName"], "thing");
    const role = await check("authorization:RoleAssignment", { scope: group });
    assert.match(
      String(role.inputs["roleAssignmentName"]),
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
    assert.deepEqual(
      role.failures.map(({ reason }) => reason),
      ["missing required property 'principalId'", "missing required property 'roleDefinitionId'"],
    );
  });

  it("takes the location of the resource group when none is given or configured", async () => {
    const bare = createAzureNativeProvider(() => azure.environment);
    azure.resources.set(group.toLowerCase(), { id: group, location: "northeurope" });
    const request = { ...target("keyvault:Vault"), olds: {}, randomSeed: new Uint8Array() };
    const known = await bare.check({
      ...request,
      news: { resourceGroupName: "one", properties: {} },
    });
    assert.equal(known.inputs["location"], "northeurope");
    const later = await bare.check({
      ...request,
      news: { resourceGroupName: unknown, properties: {} },
    });
    assert.equal(later.inputs["location"], unknown);
    bare.close();
  });

  it("sends flat properties as ARM's body and lifts the answer's", async () => {
    const made = await create("containerregistry:Registry", {
      resourceGroupName: "one",
      registryName: "acrone",
      location: "westeurope",
      sku: { name: "Premium" },
      adminUserEnabled: false,
      identity: { type: "UserAssigned", userAssignedIdentities: ["/identities/a"] },
    });
    const put = azure.requests.find(({ method }) => method === "PUT");
    assert.equal(
      put?.url,
      `https://management.azure.com${registry}?api-version=2023-01-01-preview`,
    );
    assert.deepEqual(put?.body, {
      location: "westeurope",
      sku: { name: "Premium" },
      identity: { type: "UserAssigned", userAssignedIdentities: { "/identities/a": {} } },
      properties: { adminUserEnabled: false },
    });
    assert.equal(made.id, registry);
    assert.deepEqual(
      [
        made.outputs["loginServer"],
        made.outputs["adminUserEnabled"],
        made.outputs["azureApiVersion"],
      ],
      ["acrone.azurecr.io", false, "2023-01-01-preview"],
    );
  });

  it("shows in a preview what only Azure knows as unknown, inside an identity too", async () => {
    const { outputs } = await create(
      "containerregistry:Task",
      {
        resourceGroupName: unknown,
        taskName: "t",
        identity: { type: "SystemAssigned" },
        timeout: 60,
      },
      true,
    );
    assert.deepEqual(outputs["identity"], {
      type: "SystemAssigned",
      principalId: unknown,
      tenantId: unknown,
      userAssignedIdentities: unknown,
    });
    assert.deepEqual(
      [outputs["name"], outputs["timeout"], outputs["taskName"]],
      [unknown, 60, undefined],
    );
  });

  it("waits for a long operation at the pace that the service asks for", async () => {
    const status = "https://management.azure.com/op?api-version=1";
    let polls = 0;
    azure.intercept = ({ method, url }) => {
      if (url === status)
        return {
          status: 200,
          headers: { "retry-after-ms": "5" },
          body: { status: ++polls < 4 ? "InProgress" : "Succeeded" },
        };
      if (method !== "PUT") return undefined;
      azure.resources.set(group.toLowerCase(), { id: group, name: "one", location: "westeurope" });
      return {
        status: 201,
        headers: { "azure-asyncoperation": status, "retry-after-ms": "5" },
        body: {},
      };
    };
    const started = Date.now();
    const made = await create("resources:ResourceGroup", {
      resourceGroupName: "one",
      location: "westeurope",
    });
    assert.equal(made.outputs["name"], "one");
    assert.ok(polls === 4 && Date.now() - started < 1000);
  });

  it("keeps a task run that failed as a resource that failed to come up, with the run's id", async () => {
    const run = `${registry}/taskRuns/first`;
    const failed = {
      id: run,
      name: "first",
      properties: {
        provisioningState: "Failed",
        runResult: {
          properties: { runId: "cb3", status: "Failed", runErrorMessage: "step 2 failed" },
        },
      },
    };
    azure.intercept = ({ method }) => {
      if (method !== "PUT") return undefined;
      azure.resources.set(run.toLowerCase(), failed);
      return { status: 200, body: failed };
    };
    const inputs = { resourceGroupName: "one", registryName: "acrone", taskRunName: "first" };
    await assert.rejects(create("containerregistry:TaskRun", inputs), (error: unknown) => {
      assert.ok(error instanceof InitializationFailed);
      assert.equal(error.made.id, run);
      assert.match(error.message, /run cb3 ended as Failed: step 2 failed$/);
      return true;
    });
  });

  it("gives a refusal in Azure's own words and makes nothing of it", async () => {
    azure.intercept = ({ method }) =>
      method === "PUT"
        ? {
            status: 409,
            body: { error: { code: "AlreadyInUse", message: "The registry name is taken." } },
          }
        : undefined;
    await assert.rejects(
      create("containerregistry:Registry", { resourceGroupName: "one", registryName: "acrone" }),
      { message: `PUT ${registry}: AlreadyInUse: The registry name is taken.` },
    );
  });

  it("replaces on a new name or place, updates on the rest, and takes East US for eastus", () => {
    const diff = (short: string, oldInputs: Bag, news: Bag) => {
      const { changes } = provider.diff({ ...target(short), id: "x", state: {}, oldInputs, news });
      return changes.map(({ path, replaces }) => `${path}${replaces ? "!" : ""}`);
    };
    assert.deepEqual(
      diff(
        "containerregistry:Registry",
        { location: "East US", tags: { a: "1" } },
        { location: "eastus", tags: { a: "2" } },
      ),
      ["tags.a"],
    );
    assert.deepEqual(
      diff("containerregistry:Registry", { registryName: "a" }, { registryName: "b" }),
      ["registryName!"],
    );
  });

  it("does not take what ARM never gives back for drift", async () => {
    const vaultSecret = {
      resourceGroupName: "one",
      vaultName: "v",
      secretName: "s",
      properties: { value: "hidden" },
    };
    const made = await create("keyvault:Secret", vaultSecret);
    const read = await provider.read({
      ...target("keyvault:Secret"),
      id: made.id,
      inputs: vaultSecret,
      state: made.outputs,
    });
    assert.deepEqual(read?.inputs, vaultSecret);
  });

  it("deletes a vault's secret at the vault, as ARM cannot", async () => {
    await provider.delete({
      ...target("keyvault:Secret"),
      id: `${group}/providers/Microsoft.KeyVault/vaults/v/secrets/s`,
      inputs: {},
      state: {},
    });
    assert.deepEqual(
      azure.requests.map(({ method, url }) => [method, url]),
      [["DELETE", "https://v.vault.azure.net/secrets/s?api-version=7.4"]],
    );
  });

  it("imports a resource by its id, with the inputs a program would have", async () => {
    azure.resources.set(registry.toLowerCase(), {
      id: registry,
      name: "acrone",
      location: "westeurope",
      sku: { name: "Premium", tier: "Premium" },
      properties: { loginServer: "acrone.azurecr.io", adminUserEnabled: false },
    });
    const read = await provider.read({
      ...target("containerregistry:Registry"),
      id: registry,
      state: {},
    });
    assert.deepEqual(read?.inputs, {
      resourceGroupName: "one",
      registryName: "acrone",
      location: "westeurope",
      sku: { name: "Premium" },
      adminUserEnabled: false,
      azureApiVersion: "2023-01-01-preview",
    });
    assert.equal(
      await provider.read({
        ...target("containerregistry:Registry"),
        id: `${registry}x`,
        state: {},
      }),
      undefined,
    );
  });

  it("tells who is signed in", async () => {
    const config = await provider.invoke("azure-native:authorization:getClientConfig", noArgs);
    assert.deepEqual([config["subscriptionId"], config["tenantId"]], [subscriptionId, tenantId]);
  });

  it("names the settings that are missing to sign in", async () => {
    const lost = createAzureNativeProvider(() => ({ ARM_CLIENT_ID: "x", ARM_TENANT_ID: "y" }));
    await assert.rejects(
      lost.invoke("azure-native:authorization:getClientConfig", noArgs),
      /set azure-native:clientSecret or ARM_CLIENT_SECRET, and azure-native:subscriptionId or ARM_SUBSCRIPTION_ID/,
    );
  });
});
