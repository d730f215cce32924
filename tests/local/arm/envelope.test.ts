// Does not prove that real clients are content with the envelope: azureCli.test.ts does.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { apiVersions } from "../../../local/arm/apiVersions";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const version = versions.group;
const group = `${subscription}/resourceGroups/rg-envelope`;

describe("the resource manager's envelope", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
    await arm.send("PUT", group, { version, body: { location: "East US", tags: { a: "b" } } });
  });
  after(() => arm.close());

  it("turns away a caller without a token, in words and with a challenge", async () => {
    const reply = await arm.send("GET", group, { version, token: "nobody" });
    assert.equal(reply.status, 401);
    assert.equal(reply.body.error?.code, "AuthenticationFailed");
    assert.match(reply.headers.get("www-authenticate") ?? "", /authorization_uri=/);
  });

  it("asks for an api-version", async () => {
    const reply = await arm.send("GET", group);
    assert.equal(reply.status, 400);
    assert.equal(reply.body.error?.code, "MissingApiVersionParameter");
  });

  it("refuses an unknown api-version and lists the known ones", async () => {
    const reply = await arm.send("GET", group, { version: "2001-01-01" });
    assert.equal(reply.body.error?.code, "InvalidApiVersionParameter");
    assert.match(reply.body.error?.message ?? "", /2024-11-01/);
    const registries = `${subscription}/providers/Microsoft.ContainerRegistry/registries`;
    const other = await arm.send("GET", registries, { version: "2001-01-01" });
    assert.equal(other.body.error?.code, "NoRegisteredProviderFound");
  });

  it("refuses provider, type and path that nobody serves", async () => {
    const code = async (path: string): Promise<string | undefined> =>
      (await arm.send("GET", path, { version })).body.error?.code;
    assert.equal(
      await code(`${group}/providers/Microsoft.Nothing/things/a`),
      "InvalidResourceNamespace",
    );
    assert.equal(
      await code(`${group}/providers/Microsoft.ContainerRegistry/things/a`),
      "InvalidResourceType",
    );
    assert.equal(await code("/nothing"), "InvalidRequestUri");
    assert.equal(
      await code("/subscriptions/00000000-0000-0000-0000-000000000000"),
      "SubscriptionNotFound",
    );
  });

  it("finds a group in whatever case it is asked for and shows it as it was made", async () => {
    const reply = await arm.send("GET", group.toLowerCase().replace("rg-", "RG-"), { version });
    assert.equal(reply.status, 200);
    assert.equal(reply.body.id, group);
    assert.equal(reply.body.location, location);
    assert.deepEqual(reply.body.tags, { a: "b" });
    assert.equal((await arm.send("HEAD", group, { version })).status, 204);
    assert.equal((await arm.send("HEAD", `${group}x`, { version })).status, 404);
  });

  it("says which group is missing", async () => {
    const reply = await arm.send("GET", `${subscription}/resourcegroups/nowhere`, { version });
    assert.equal(reply.status, 404);
    assert.equal(reply.body.error?.code, "ResourceGroupNotFound");
    assert.match(reply.body.error?.message ?? "", /'nowhere'/);
    const inside = `${subscription}/resourceGroups/nowhere/providers/Microsoft.KeyVault/vaults/v`;
    const other = await arm.send("GET", inside, { version: versions.vault });
    assert.equal(other.body.error?.code, "ResourceGroupNotFound");
  });

  it("names a body member that it does not know, and a body that is no JSON", async () => {
    const body = { location, colour: "red" };
    const reply = await arm.send("PUT", `${group}-2`, { version, body });
    assert.equal(reply.status, 400);
    assert.match(reply.body.error?.message ?? "", /'colour'/);
    assert.equal((await arm.send("GET", `${group}-2`, { version })).status, 404);
    const broken = await fetch(`${arm.url}${group}?api-version=${version}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${arm.directory.deployer.objectId}` },
      body: "{",
    });
    assert.equal(broken.status, 400);
  });

  it("merges, replaces and deletes tags as az tag does", async () => {
    const tags = `${group}/providers/Microsoft.Resources/tags/default`;
    const change = (operation: string, changed: object) =>
      arm.send("PATCH", tags, {
        version: "2021-04-01",
        body: { operation, properties: { tags: changed } },
      });
    await change("Merge", { c: "d" });
    assert.deepEqual((await arm.send("GET", group, { version })).body.tags, { a: "b", c: "d" });
    await change("Delete", { a: "b" });
    assert.deepEqual((await arm.send("GET", group, { version })).body.tags, { c: "d" });
    await change("Replace", { a: "b" });
    assert.deepEqual((await arm.send("GET", group, { version })).body.tags, { a: "b" });
  });

  it("lists resources of the subscription by type and name", async () => {
    const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/listedone`;
    await arm.send("PUT", registry, {
      version: versions.registry,
      body: { location, sku: { name: "Basic" } },
    });
    const filter = encodeURIComponent(
      "resourceType eq 'microsoft.containerregistry/registries' and name eq 'listedOne'",
    );
    const path = `${subscription}/resources?$filter=${filter}`;
    const reply = await arm.send("GET", path, { version: "2024-11-01" });
    assert.deepEqual(
      reply.body.value?.map(({ id }) => id),
      [registry],
    );
    const odd = await arm.send("GET", `${subscription}/resources?$filter=startswith(a)`, {
      version: "2024-11-01",
    });
    assert.equal(odd.body.error?.code, "InvalidFilterInQueryString");
  });

  it("deletes a group with all its content, and says when it is done", async () => {
    const doomed = `${group}-doomed`;
    await arm.send("PUT", doomed, { version, body: { location } });
    const registry = `${doomed}/providers/Microsoft.ContainerRegistry/registries/doomed1`;
    const container = `${doomed}/providers/Microsoft.ContainerInstance/containerGroups/doomed`;
    await arm.send("PUT", registry, {
      version: versions.registry,
      body: { location, sku: { name: "Basic" } },
    });
    const made = await arm.send("PUT", container, {
      version: versions.container,
      body: { location, properties: { containers: [{ name: "c", properties: { image: "i" } }] } },
    });
    assert.equal(made.status, 201);
    const reply = await arm.send("DELETE", doomed, { version });
    assert.equal(reply.status, 202);
    assert.equal((await arm.finish(reply)).status, 200);
    assert.deepEqual(arm.resources.list({ under: doomed }), []);
    assert.equal((await arm.send("GET", doomed, { version })).status, 404);
    assert.deepEqual(arm.instances.removed, [container]);
    assert.ok(arm.runs.forgotten.includes(registry));
    assert.equal((await arm.send("DELETE", doomed, { version })).status, 404);
  });

  it("knows the versions of every type that it lists as a provider", async () => {
    const path = `${subscription}/providers/Microsoft.ContainerRegistry`;
    const reply = await arm.send("GET", path, { version: "2024-11-01" });
    const types = reply.body.resourceTypes as { resourceType: string; apiVersions: string[] }[];
    const tasks = types.find(({ resourceType }) => resourceType === "registries/tasks");
    const table = apiVersions["Microsoft.ContainerRegistry/registries/tasks"] ?? [];
    assert.deepEqual(tasks?.apiVersions, [...table].reverse());
  });
});
