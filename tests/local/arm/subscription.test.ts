// What belongs to the subscription as a whole; that preflight and az read it is tried elsewhere.
import assert from "node:assert/strict";
import { openHarness, subscription, versions, type Harness, type Reply } from "./harness";

const provider = "2021-04-01";

describe("arm/subscription", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
  });
  after(() => arm.close());

  const refused = ({ status, body }: Reply) => [status, body.error?.code, body.error?.message];
  const group = (name: string, place: string) =>
    arm.send("PUT", `${subscription}/resourceGroups/${name}`, {
      version: versions.group,
      body: { location: place },
    });
  const vault = (name: string) =>
    arm.send(
      "PUT",
      `${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/${name}`,
      {
        version: versions.vault,
        body: {
          location: "eastus",
          properties: { tenantId: arm.directory.tenantId, sku: { family: "A", name: "standard" } },
        },
      },
    );
  const check = (namespace: string, body: object) =>
    arm.send("POST", `${subscription}/providers/${namespace}/checkNameAvailability`, {
      version: namespace === "Microsoft.KeyVault" ? versions.vault : versions.registry,
      body,
    });

  it("is of an offer that runs tasks, as a program looks before it makes any", async () => {
    const { body } = await arm.send("GET", subscription, { version: "2022-12-01" });
    assert.deepEqual(body["subscriptionPolicies"], {
      locationPlacementId: "Public_2014-09-01",
      quotaId: "PayAsYouGo_2014-09-01",
      spendingLimit: "Off",
    });
  });

  it("has Azure's regions, and makes nothing anywhere else", async () => {
    const { body } = await arm.send("GET", `${subscription}/locations`, { version: "2022-12-01" });
    const east = body.value?.find(({ name }) => name === "eastus");
    assert.equal(east?.["displayName"], "East US");
    const [status, code, message] = refused(await group("nowhere", "eastus9"));
    assert.equal(status, 400);
    assert.equal(code, "LocationNotAvailableForResourceType");
    assert.match(
      String(message),
      /^The provided location 'eastus9' is not available .*eastus,eastus2,/,
    );
    assert.equal((await group("rg", "East US")).status, 201);
  });

  it("makes nothing of a provider that is not registered, in Azure's words", async () => {
    const address = `${subscription}/providers/microsoft.keyvault`;
    const state = async () =>
      (await arm.send("GET", address, { version: provider })).body["registrationState"];
    assert.equal(await state(), "Registered");
    await arm.send("POST", `${address}/unregister`, { version: provider });
    assert.equal(await state(), "NotRegistered");
    assert.deepEqual(refused(await vault("contoso-vault")), [
      409,
      "MissingSubscriptionRegistration",
      "The subscription is not registered to use namespace 'Microsoft.KeyVault'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    ]);
    await arm.send("POST", `${address}/register`, { version: provider });
    assert.equal(await state(), "Registered");
    assert.equal((await vault("contoso-vault")).status, 200);
    const always = `${subscription}/providers/Microsoft.Authorization/unregister`;
    assert.equal((await arm.send("POST", always, { version: provider })).status, 400);
    const unknown = `${subscription}/providers/Microsoft.Insights/register`;
    assert.equal((await arm.send("POST", unknown, { version: provider })).status, 404);
  });

  it("tells whether a global name is free, and why not", async () => {
    const registry = "Microsoft.ContainerRegistry/registries";
    const path = `${subscription}/resourceGroups/rg/providers/${registry}/contosotaken`;
    const body = { location: "eastus", sku: { name: "Basic" } };
    await arm.send("PUT", path, { version: versions.registry, body });
    const asked = async (namespace: string, name: string, type: string) =>
      (await check(namespace, { name, type })).body;
    const inRegistry = (name: string) => asked("Microsoft.ContainerRegistry", name, registry);
    const inVaults = (name: string) =>
      asked("Microsoft.KeyVault", name, "Microsoft.KeyVault/vaults");
    assert.deepEqual(await inRegistry("contosofree"), { nameAvailable: true });
    assert.deepEqual(await inRegistry("ContosoTaken"), {
      nameAvailable: false,
      reason: "AlreadyExists",
      message: "The name 'ContosoTaken' is already in use.",
    });
    assert.deepEqual(await inRegistry("con-toso"), {
      nameAvailable: false,
      reason: "Invalid",
      message: "The name 'con-toso' is invalid: a registry name has 5 to 50 letters and digits.",
    });
    assert.equal((await inVaults("0contoso"))["reason"], "AccountNameInvalid");
    await arm.send(
      "DELETE",
      `${subscription}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/contoso-vault`,
      {
        version: versions.vault,
      },
    );
    assert.deepEqual(await inVaults("contoso-vault"), {
      nameAvailable: false,
      reason: "AlreadyExists",
      message: "The name 'contoso-vault' is in use by a deleted vault that has not been purged.",
    });
    const wrong = await check("Microsoft.KeyVault", { name: "contoso", type: registry });
    assert.equal(wrong.status, 400);
    const none = await check("Microsoft.ContainerInstance", { name: "contoso", type: registry });
    assert.equal(none.status, 400);
  });

  it("schedules no run on free credits, in Azure's words", async () => {
    const poor = await openHarness("FreeTrial_2014-09-01");
    try {
      const policies = (await poor.send("GET", subscription, { version: "2022-12-01" })).body;
      assert.deepEqual(policies["subscriptionPolicies"], {
        locationPlacementId: "Public_2014-09-01",
        quotaId: "FreeTrial_2014-09-01",
        spendingLimit: "On",
      });
      const rg = `${subscription}/resourceGroups/rg`;
      await poor.send("PUT", rg, { version: versions.group, body: { location: "eastus" } });
      const registry = `${rg}/providers/Microsoft.ContainerRegistry/registries/contosopoor`;
      const body = { location: "eastus", sku: { name: "Basic" } };
      await poor.send("PUT", registry, { version: versions.registry, body });
      const run = { type: "TaskRunRequest", taskId: `${registry}/tasks/node` };
      const schedule = { version: versions.task, body: run };
      assert.deepEqual(refused(await poor.send("POST", `${registry}/scheduleRun`, schedule)), [
        400,
        "TasksOperationsNotAllowed",
        `ACR Tasks requests for the registry contosopoor and ${subscription.split("/").at(-1)} are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.`,
      ]);
    } finally {
      await poor.close();
    }
  });

  it("tells everybody what their own roles allow, and nobody more", async () => {
    const somebody = arm.directory.createManagedIdentity("somebody");
    const path = `${subscription}/providers/Microsoft.Authorization/permissions`;
    const ask = async (as: typeof somebody) =>
      (await arm.send("GET", path, { version: "2022-04-01", as })).body.value;
    assert.deepEqual(await ask(somebody), []);
    const assignment = `${subscription}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-4333-8333-333333333333`;
    const roles = `${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
    await arm.send("PUT", assignment, {
      version: versions.role,
      body: {
        properties: {
          principalId: somebody.objectId,
          principalType: "ServicePrincipal",
          roleDefinitionId: `${roles}/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
        },
      },
    });
    assert.deepEqual(await ask(somebody), [
      { actions: ["*/read"], notActions: [], dataActions: [], notDataActions: [] },
    ]);
    // Whoever may only read neither registers a provider nor asks for names that they cannot use.
    const register = `${subscription}/providers/Microsoft.KeyVault/register`;
    const denied = await arm.send("POST", register, { version: provider, as: somebody });
    assert.equal(denied.body.error?.code, "AuthorizationFailed");
  });
});
