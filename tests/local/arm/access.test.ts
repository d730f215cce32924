// Does not prove what a role allows at Azure beyond the actions in the table of built-in roles.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { createAuthorizer } from "../../../local/arm";
import type { Principal, RoleAuthorizer } from "../../../local/contracts/identity";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const group = `${subscription}/resourceGroups/rg-access`;
const other = `${subscription}/resourceGroups/rg-other`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/accessed`;
const roles = {
  reader: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
  contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  acrPull: "7f951dda-4ed3-4680-a7ca-43fe172d538d",
  containers: "5d977122-f97e-4b4d-a52f-6b43003ddb4d",
  secretsUser: "4633458b-17de-408a-b874-0445c86b69e6",
};
const names = { version: versions.role };

describe("access to the resource manager", () => {
  let arm: Harness;
  let authorizer: RoleAuthorizer;
  let task: Principal;
  let count = 0;
  before(async () => {
    arm = await openHarness();
    authorizer = createAuthorizer(arm);
    task = arm.directory.createManagedIdentity("task");
    for (const id of [group, other]) {
      await arm.send("PUT", id, { version: versions.group, body: { location } });
    }
  });
  after(() => arm.close());

  const assignmentAt = (scope: string): string => {
    count += 1;
    const last = String(count).padStart(12, "0");
    return `${scope}/providers/Microsoft.Authorization/roleAssignments/eeeeeeee-0000-4000-8000-${last}`;
  };
  const assign = (scope: string, role: string, principal = task, path = assignmentAt(scope)) =>
    arm.send("PUT", path, {
      ...names,
      body: {
        properties: {
          roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          principalId: principal.objectId,
          principalType: "ServicePrincipal",
        },
      },
    });

  it("shows no subscription and no resource to a principal without a role", async () => {
    const stranger = arm.directory.createManagedIdentity("stranger");
    const list = await arm.send("GET", "/subscriptions", { version: "2022-12-01", as: stranger });
    assert.deepEqual(list.body.value, []);
    const read = await arm.send("GET", group, { version: versions.group, as: stranger });
    assert.equal(read.status, 403);
    assert.equal(read.body.error?.code, "AuthorizationFailed");
    const message = read.body.error?.message ?? "";
    for (const part of [
      stranger.objectId,
      "Microsoft.Resources/subscriptions/resourceGroups/read",
      group,
    ]) {
      assert.ok(message.includes(part), `${message} lacks ${part}`);
    }
    const groups = await arm.send("GET", `${subscription}/resourceGroups`, {
      version: versions.group,
      as: stranger,
    });
    assert.deepEqual(groups.body.value, []);
  });

  it("lets a task create a container in its group and nowhere else", async () => {
    assert.equal((await assign(group, roles.containers)).status, 201);
    const list = await arm.send("GET", "/subscriptions", { version: "2022-12-01", as: task });
    assert.equal(list.body.value?.length, 1);
    const body = {
      location,
      properties: { containers: [{ name: "c", properties: { image: "i" } }] },
    };
    const container = (scope: string) =>
      arm.send("PUT", `${scope}/providers/Microsoft.ContainerInstance/containerGroups/page`, {
        version: versions.container,
        as: task,
        body,
      });
    assert.equal((await arm.send("GET", group, { version: versions.group, as: task })).status, 200);
    assert.equal((await container(group)).status, 201);
    assert.equal((await container(other)).status, 403);
    const push = await arm.send("PUT", registry, {
      version: versions.registry,
      as: task,
      body: { location, sku: { name: "Basic" } },
    });
    assert.equal(push.status, 403);
  });

  it("holds a role at its scope and below, and leaves out what the role leaves out", async () => {
    const one = arm.directory.createManagedIdentity("one");
    assert.equal((await assign(group, roles.contributor, one)).status, 201);
    const can = (action: string, scope: string): boolean =>
      authorizer.can(one.objectId, action, scope);
    assert.ok(can("Microsoft.ContainerRegistry/registries/write", registry.toUpperCase()));
    assert.ok(can("microsoft.containerregistry/registries/pull/read", registry));
    assert.ok(!can("Microsoft.ContainerRegistry/registries/write", subscription));
    assert.ok(!can("Microsoft.ContainerRegistry/registries/write", `${group}-longer`));
    assert.ok(!can("Microsoft.Authorization/roleAssignments/write", group));
    assert.ok(can("Microsoft.Authorization/roleAssignments/read", group));
  });

  it("makes a role wait where roles are delayed, at every scope, and the deployer's own not", async () => {
    const late = arm.directory.createManagedIdentity("late");
    const { deployer } = arm.directory;
    let now = Date.now();
    const delayed = createAuthorizer({ ...arm, roleDelay: 60, now: () => now });
    const made = await assign(group, roles.contributor, late);
    const created = Date.parse(String(made.body.properties?.["createdOn"]));
    const rights = (): boolean[] => [
      delayed.can(late.objectId, "Microsoft.ContainerRegistry/registries/write", registry),
      delayed.hasRoleWithin(late.objectId, subscription),
      delayed.can(deployer.objectId, "Microsoft.ContainerRegistry/registries/write", registry),
    ];
    now = created + 59_999;
    assert.deepEqual(rights(), [false, false, true]);
    now = created + 60_000;
    assert.deepEqual(rights(), [true, true, true]);
    assert.ok(authorizer.hasRoleWithin(late.objectId, subscription), "at once without the setting");
  });

  it("keeps a vault's content from its owner until a data role is given", async () => {
    const get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/v`;
    assert.ok(!authorizer.can(arm.directory.deployer.objectId, get, vault));
    const reader = arm.directory.createManagedIdentity("reader");
    await assign(group, roles.secretsUser, reader);
    assert.ok(authorizer.can(reader.objectId, get, vault));
    assert.ok(!authorizer.can(reader.objectId, "Microsoft.KeyVault/vaults/read", vault));
  });

  it("gives a task one secret of a vault that uses roles, and not the one beside it", async () => {
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/rolevault`;
    const tenantId = arm.directory.tenantId;
    const sku = { family: "A", name: "standard" };
    const rights = { enableRbacAuthorization: true, enablePurgeProtection: true };
    const made = await arm.send("PUT", vault, {
      version: versions.vault,
      body: { location, properties: { tenantId, sku, ...rights } },
    });
    assert.equal(made.body.properties?.enablePurgeProtection, true, JSON.stringify(made.body));
    for (const name of ["own", "other"]) {
      const body = {
        properties: { value: "hidden", attributes: { exp: 2000000000 } },
        tags: { name },
      };
      const reply = await arm.send("PUT", `${vault}/secrets/${name}`, {
        version: versions.vault,
        body,
      });
      assert.equal(reply.status, 201, JSON.stringify(reply.body));
    }
    const reader = arm.directory.createManagedIdentity("one secret");
    assert.equal((await assign(`${vault}/secrets/own`, roles.secretsUser, reader)).status, 201);
    assert.equal((await assign(`${vault}/secrets/none`, roles.secretsUser, reader)).status, 404);
    const can = (name: string): boolean => {
      const get = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
      return authorizer.can(reader.objectId, get, `${vault}/secrets/${name}`);
    };
    assert.deepEqual([can("own"), can("other")], [true, false]);
    const shown = await arm.send("GET", `${vault}/secrets/own`, { version: versions.vault });
    assert.deepEqual((shown.body as { tags?: unknown }).tags, { name: "own" });
    const { attributes } = shown.body.properties as { attributes: { exp: number } };
    assert.equal(attributes.exp, 2000000000);
  });

  it("refuses a role for nobody, a role that is none, and a scope that is not there", async () => {
    const nobody: Principal = { ...task, objectId: "12121212-0000-4000-8000-000000000000" };
    assert.equal((await assign(group, roles.reader, nobody)).body.error?.code, "PrincipalNotFound");
    const odd = await assign(group, "12121212-0000-4000-8000-000000000000");
    assert.equal(odd.body.error?.code, "RoleDefinitionDoesNotExist");
    const nowhere = await assign(registry, roles.reader);
    assert.equal(nowhere.body.error?.code, "ResourceNotFound");
    const name = `${group}/providers/Microsoft.Authorization/roleAssignments/not-a-guid`;
    const unnamed = await assign(group, roles.reader, task, name);
    assert.equal(unnamed.body.error?.code, "InvalidRoleAssignmentId");
  });

  it("gives one role once, and the same assignment again without complaint", async () => {
    const two = arm.directory.createManagedIdentity("two");
    const path = assignmentAt(group);
    assert.equal((await assign(group, roles.reader, two, path)).status, 201);
    assert.equal((await assign(group, roles.reader, two, path)).status, 200);
    const again = await assign(group, roles.reader, two);
    assert.equal(again.status, 409);
    assert.equal(again.body.error?.code, "RoleAssignmentExists");
    const changed = await assign(group, roles.acrPull, two, path);
    assert.equal(changed.body.error?.code, "RoleAssignmentUpdateNotPermitted");
    assert.equal((await arm.send("DELETE", path, names)).status, 200);
    assert.ok(!authorizer.can(two.objectId, "Microsoft.KeyVault/vaults/read", group));
  });

  it("lists assignments at, above and below a scope, by principal", async () => {
    const list = async (scope: string, filter: string): Promise<unknown[]> => {
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}`;
      return (await arm.send("GET", path, names)).body.value ?? [];
    };
    const owner = await list(group, `principalId eq '${arm.directory.deployer.objectId}'`);
    assert.equal(owner.length, 1);
    assert.equal((await list(group, `principalId eq '${task.objectId}'`)).length, 1);
    assert.equal((await list(subscription, `principalId eq '${task.objectId}'`)).length, 1);
    assert.equal((await list(subscription, "atScope()")).length, 1);
  });

  it("finds a role by its name in any case", async () => {
    const path = `${group}/providers/Microsoft.Authorization/roleDefinitions`;
    const reply = await arm.send("GET", `${path}?$filter=roleName eq 'owner'`, {
      version: "2022-05-01-preview",
    });
    assert.deepEqual(
      reply.body.value?.map(({ name }) => name),
      ["8e3af657-a8ff-443c-a75c-2fe8c4bcb635"],
    );
  });
});
