// Does not prove how the real plugin words a refusal, beside the code that Azure gives.
import assert from "node:assert/strict";
import { createAzureNativeProvider } from "../../../local/pulumi/azureNative/azureNativeProvider";
import type { Bag } from "../../../local/pulumi/propertyBag";
import type { Provider } from "../../../local/pulumi/provider";
import { openFakeAzure, subscriptionId, type FakeAzure } from "./fixtures/fakeAzure";

const signal = new AbortController().signal;
const group = `/subscriptions/${subscriptionId}/resourceGroups/one`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrone`;

describe("functions of the azure-native stand-in", () => {
  let azure: FakeAzure;
  let provider: Provider & { close(): void };
  before(async () => {
    azure = await openFakeAzure();
    provider = createAzureNativeProvider(() => azure.environment);
    provider.configure({});
  });
  after(() => {
    provider.close();
    azure.close();
  });
  const call = (name: string, args: Bag): Promise<Bag> =>
    provider.invoke(`azure-native:${name}`, { args, signal, secrets: [] });
  const put = (id: string, rest: Bag): void =>
    void azure.resources.set(id.toLowerCase(), { id, name: id.split("/").at(-1), ...rest });

  it("gives a task as it is in Azure, in the shape of the resource's outputs", async () => {
    const step = { type: "FileTask", baseImageDependencies: [{ type: "Runtime", digest: "d" }] };
    put(`${registry}/tasks/build`, { tags: { a: "b" }, properties: { status: "Enabled", step } });
    const args = { resourceGroupName: "one", registryName: "acrone", taskName: "build" };
    assert.deepEqual(await call("containerregistry:getTask", args), {
      id: `${registry}/tasks/build`,
      name: "build",
      tags: { a: "b" },
      status: "Enabled",
      step,
      azureApiVersion: "2019-06-01-preview",
    });
  });

  it("lifts the run of a task run and keeps a vault's bag, as the SDK's types have them", async () => {
    put(`${registry}/taskRuns/first`, {
      properties: { runResult: { id: "r", name: "ca1", properties: { status: "Succeeded" } } },
    });
    const args = { resourceGroupName: "one", registryName: "acrone", taskRunName: "first" };
    const taskRun = await call("containerregistry:getTaskRun", args);
    assert.deepEqual(taskRun["runResult"], { id: "r", name: "ca1", status: "Succeeded" });
    put(`${group}/providers/Microsoft.KeyVault/vaults/v`, { properties: { vaultUri: "u" } });
    const vault = await call("keyvault:getVault", { resourceGroupName: "one", vaultName: "v" });
    assert.deepEqual(vault["properties"], { vaultUri: "u" });
  });

  it("fails with Azure's code when the resource is not there, and names a missing argument", async () => {
    const args = { resourceGroupName: "one", vaultName: "v", secretName: "none" };
    await assert.rejects(call("keyvault:getSecret", args), /secrets\/none: ResourceNotFound: /);
    await assert.rejects(
      call("containerregistry:getToken", { resourceGroupName: "one", registryName: "acrone" }),
      /missing required property 'tokenName'/,
    );
    await assert.rejects(
      call("containerregistry:listRegistryCredentials", {}),
      /does not simulate azure-native:containerregistry:listRegistryCredentials; it has .*containerinstance:getContainerGroup/,
    );
  });

  it("gives a program the deployer's token for an endpoint, to sign in elsewhere with", async () => {
    const { token } = await call("authorization:getClientToken", {
      endpoint: "https://vault.azure.net",
    });
    assert.match(String(token), /^e30\.[\w-]+\.x$/);
  });

  it("does not take a run's own secret value, which Azure never shows, for drift", async () => {
    const runRequest = (value: object) => ({
      type: "TaskRunRequest",
      taskId: "t",
      overrideTaskStepProperties: { values: [{ name: "PIN", isSecret: true, ...value }] },
    });
    const id = `${registry}/taskRuns/pinned`;
    put(id, { properties: { forceUpdateTag: "1", runRequest: runRequest({}) } });
    const inputs = { forceUpdateTag: "1", runRequest: runRequest({ value: "hidden" }) };
    const read = await provider.read({
      type: "azure-native:containerregistry:TaskRun",
      name: "pinned",
      urn: "urn",
      id,
      inputs,
      state: { forceUpdateTag: "1", runRequest: runRequest({}) },
      signal,
      secrets: [],
    });
    assert.deepEqual(read?.inputs, inputs);
  });

  it("calls members as ARM does on the wire and as the SDK does in the program", async () => {
    const create = (short: string, inputs: Bag) =>
      provider.create({
        type: `azure-native:${short}`,
        name: "thing",
        urn: "urn",
        inputs: { resourceGroupName: "one", ...inputs },
        preview: false,
        signal,
        secrets: [],
      });
    const rules = (rule: object) => ({
      defaultAction: "Deny",
      ipRules: [{ action: "Allow", ...rule }],
    });
    const networkRuleSet = rules({ iPAddressOrRange: "203.0.113.7" });
    const made = await create("containerregistry:Registry", {
      ...{ registryName: "acrtwo", location: "westeurope", sku: { name: "Premium" } },
      networkRuleSet,
    });
    const sent = (): Bag => azure.requests.findLast(({ method }) => method === "PUT")?.body ?? {};
    const bodyOf = (): Bag => sent()["properties"] as Bag;
    assert.deepEqual(bodyOf()["networkRuleSet"], rules({ value: "203.0.113.7" }));
    assert.deepEqual(made.outputs["networkRuleSet"], networkRuleSet);
    const attributes = { enabled: true, expires: 2000000000, notBefore: 1 };
    const secret = await create("keyvault:Secret", {
      ...{ vaultName: "v", secretName: "s", tags: { rotated: "2026-01-01" } },
      properties: { value: "hidden", attributes },
    });
    assert.deepEqual(bodyOf()["attributes"], { enabled: true, exp: 2000000000, nbf: 1 });
    assert.deepEqual(sent()["tags"], { rotated: "2026-01-01" });
    assert.deepEqual((secret.outputs["properties"] as Bag)["attributes"], attributes);
  });
});
