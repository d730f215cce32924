// Does not prove who may read a secret's value: the vault's own tests do.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Resource } from "../../../local/contracts/resources";
import { deleteSecret, purgeSecret } from "../../../local/keyvault/deletedSecrets";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const group = `${subscription}/resourceGroups/rg-vault`;
const vaults = `${group}/providers/Microsoft.KeyVault/vaults`;
const version = versions.vault;
const one = "aaaaaaaa-1111-4111-8111-111111111111";
const two = "aaaaaaaa-2222-4222-8222-222222222222";

describe("key vaults", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
    await arm.send("PUT", group, { version: versions.group, body: { location } });
  });
  after(() => arm.close());

  const put = (name: string, properties: object = {}, asked: string = version) =>
    arm.send("PUT", `${vaults}/${name}`, {
      version: asked,
      body: {
        location,
        properties: {
          tenantId: arm.directory.tenantId,
          sku: { family: "A", name: "standard" },
          accessPolicies: [],
          ...properties,
        },
      },
    });
  const policy = (objectId: string, ...secrets: string[]) => ({
    tenantId: arm.directory.tenantId,
    objectId,
    applicationId: "",
    permissions: { secrets },
  });
  const change = (operation: string, ...accessPolicies: object[]) =>
    arm.send("PUT", `${vaults}/policies/accessPolicies/${operation}`, {
      version,
      body: { properties: { accessPolicies } },
    });
  const held = (): unknown =>
    (
      (arm.resources.get(`${vaults}/policies`)?.properties.accessPolicies ?? []) as ReturnType<
        typeof policy
      >[]
    ).map(({ objectId, permissions }) => [objectId, permissions.secrets]);

  it("makes a vault with its URI; roles are the default only from 2026-02-01 on", async () => {
    const made = await put("vault-one");
    assert.equal(made.status, 200, JSON.stringify(made.body));
    assert.equal(made.body.properties?.vaultUri, "https://vault-one.vault.azure.net/");
    assert.equal(made.body.properties?.enableRbacAuthorization, false);
    const newer = await put("vault-two", {}, "2026-02-01");
    assert.equal(newer.body.properties?.enableRbacAuthorization, true);
    const said = await put("vault-three", { enableRbacAuthorization: false }, "2026-02-01");
    assert.equal(said.body.properties?.enableRbacAuthorization, false);
  });

  it("refuses odd names, tenants and permissions, and a name that is taken", async () => {
    for (const name of ["ab", "1vault", "a--b", "vault-", "much-too-long-name-of-vault"]) {
      assert.equal((await put(name)).body.error?.code, "InvalidResourceName", name);
    }
    assert.equal((await put("vault-four", { tenantId: one })).status, 400);
    const odd = await put("vault-four", { accessPolicies: [policy(one, "peek")] });
    assert.match(odd.body.error?.message ?? "", /'peek'/);
    const strange = await put("vault-four", { colour: "red" });
    assert.match(strange.body.error?.message ?? "", /'colour'/);
    await arm.send("PUT", `${group}-b`, { version: versions.group, body: { location } });
    const elsewhere = await arm.send(
      "PUT",
      `${vaults}/vault-one`.replace("rg-vault", "rg-vault-b"),
      {
        version,
        body: {
          location,
          properties: { tenantId: arm.directory.tenantId, sku: { name: "standard", family: "A" } },
        },
      },
    );
    assert.equal(elsewhere.body.error?.code, "VaultAlreadyExists");
    assert.equal(arm.resources.get(`${vaults}/vault-four`), undefined);
  });

  it("changes one principal's access policy and leaves the others alone, as azure-native needs it", async () => {
    await put("policies", { enableRbacAuthorization: false });
    await change("replace", policy(one, "get"));
    await change("replace", policy(two, "get"));
    assert.deepEqual(held(), [
      [one, ["get"]],
      [two, ["get"]],
    ]);
    await change("replace", policy(one, "list"));
    await change("add", policy(one, "get"));
    assert.deepEqual(held(), [
      [two, ["get"]],
      [one, ["list", "get"]],
    ]);
    await change("remove", policy(two, "get"));
    assert.deepEqual(held(), [[one, ["list", "get"]]]);
    assert.equal((await change("swap", policy(one, "get"))).status, 400);
    assert.equal((await change("add", policy("me", "get"))).status, 400);
  });

  it("writes a secret, never shows its value, and cannot delete it", async () => {
    const secret = `${vaults}/vault-one/secrets/github-token`;
    const properties = { value: "secret-value-1" };
    const made = await arm.send("PUT", secret, { version, body: { properties } });
    assert.ok([200, 201].includes(made.status), JSON.stringify(made.body));
    const shown = await arm.send("GET", secret, { version });
    assert.match(String(shown.body.properties?.secretUri), /vault-one.*github-token/);
    for (const reply of [made, shown]) {
      assert.ok(!JSON.stringify(reply.body).includes("secret-value-1"));
    }
    const again = await arm.send("PUT", secret, { version, body: { properties } });
    assert.equal(again.status, 200);
    const empty = await arm.send("PUT", secret, { version, body: { properties: {} } });
    assert.equal(empty.status, 400);
    const list = await arm.send("GET", `${vaults}/vault-one/secrets`, { version });
    assert.equal(list.body.value?.length, 1);
    assert.equal((await arm.send("DELETE", secret, { version })).status, 405);
  });

  it("refuses a change while another one goes on, which ends a deployment that does not ask again", async () => {
    await put("vault-busy");
    const write = (name: string) =>
      arm.send("PUT", `${vaults}/vault-busy/secrets/${name}`, {
        version,
        body: { properties: { value: "v" } },
      });
    const [first, second] = await Promise.all([write("a"), write("b")]);
    assert.deepEqual([first.status, second.status].sort(), [201, 409]);
    const { error } = first.status === 409 ? first.body : second.body;
    assert.equal(error?.code, "ConflictError");
    assert.match(error.message, /serialize the operations/);
    assert.equal((await write("c")).status, 201);
  });

  it("takes 15 tags on a secret and refuses a 16th, in words that do not say so", async () => {
    const write = (count: number, text = "x") =>
      arm.send("PUT", `${vaults}/vault-one/secrets/tagged`, {
        version,
        body: {
          tags: Object.fromEntries(
            Array.from({ length: count }, (_, index) => [`t${index}`, text]),
          ),
          properties: { value: "v" },
        },
      });
    assert.equal((await write(15, "x".repeat(512))).status, 201);
    for (const refused of [await write(16), await write(1, "x".repeat(513))]) {
      assert.equal(refused.status, 400);
      assert.deepEqual(refused.body.error, {
        code: "BadParameter",
        message: "Property has invalid value\r\n",
      });
    }
  });

  it("does not write a secret that was deleted on the vault itself, until it is purged", async () => {
    const write = () =>
      arm.send("PUT", `${vaults}/vault-one/secrets/deleted-one`, {
        version,
        body: { properties: { value: "v" } },
      });
    assert.equal((await write()).status, 201);
    const stored = (path: string): Resource =>
      arm.resources.get(`${vaults}/vault-one${path}`) ?? assert.fail(path);
    deleteSecret(arm.resources, stored(""), stored("/secrets/deleted-one"));
    const refused = await write();
    assert.equal(refused.status, 409);
    assert.deepEqual(refused.body.error, {
      code: "Conflict",
      message:
        "Secret deleted-one is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.",
    });
    purgeSecret(arm.resources, stored(""), "deleted-one");
    assert.equal((await write()).status, 201);
  });

  it("tells when a vault was made, which an update leaves and a new one of that name has not", async () => {
    const createdAt = async (): Promise<string> => {
      const { body } = await arm.send("GET", `${vaults}/vault-dated`, { version });
      return (body as { systemData?: { createdAt: string } }).systemData?.createdAt ?? "";
    };
    await put("vault-dated");
    const first = await createdAt();
    assert.match(first, /^\d{4}-\d\d-\d\dT.*Z$/);
    await put("vault-dated", { softDeleteRetentionInDays: 7 });
    assert.equal(await createdAt(), first);
    await arm.send("DELETE", `${vaults}/vault-dated`, { version });
    const deleted = `${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/vault-dated`;
    await arm.send("POST", `${deleted}/purge`, { version });
    await put("vault-dated");
    assert.ok((await createdAt()) > first);
  });

  it("keeps a deleted vault's name until it is purged, and can bring the vault back", async () => {
    const path = `${vaults}/vault-one`;
    const deleted = `${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/vault-one`;
    assert.equal((await arm.send("DELETE", path, { version })).status, 200);
    assert.equal((await put("vault-one")).body.error?.code, "ConflictError");
    const kept = await arm.send("GET", deleted, { version });
    assert.equal(kept.body.properties?.vaultId, path);
    assert.ok(!JSON.stringify(kept.body).includes("secret-value-1"));
    const list = await arm.send(
      "GET",
      `${subscription}/providers/Microsoft.KeyVault/deletedVaults`,
      {
        version,
      },
    );
    assert.equal(list.body.value?.length, 1);
    const back = await put("vault-one", { createMode: "recover", softDeleteRetentionInDays: 30 });
    assert.equal(back.status, 200);
    assert.equal(back.body.properties?.softDeleteRetentionInDays, 90, "it comes back as it was");
    assert.ok(arm.resources.get(`${path}/secrets/github-token`));
    await arm.send("DELETE", path, { version });
    assert.equal((await arm.send("POST", `${deleted}/purge`, { version })).status, 200);
    assert.equal((await put("vault-one")).status, 200);
    assert.equal(arm.resources.get(`${path}/secrets/github-token`), undefined);
  });

  it("recovers nothing that was not deleted, and nothing into another resource group", async () => {
    const code = async (name: string): Promise<unknown> =>
      (await put(name, { createMode: "recover" })).body.error?.code;
    assert.equal(await code("vault-never"), "SoftDeletedVaultDoesNotExist");
    const elsewhere = `${vaults}/vault-moved`.replace("rg-vault", "rg-vault-b");
    const sku = { name: "standard", family: "A" };
    const body = { location, properties: { tenantId: arm.directory.tenantId, sku } };
    await arm.send("PUT", elsewhere, { version, body });
    await arm.send("DELETE", elsewhere, { version });
    assert.equal(await code("vault-moved"), "SoftDeletedVaultDoesNotExist");
  });

  it("does not purge a vault with purge protection", async () => {
    await put("vault-safe", { enablePurgeProtection: true });
    await arm.send("DELETE", `${vaults}/vault-safe`, { version });
    const deleted = `${subscription}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/vault-safe`;
    assert.equal((await arm.send("POST", `${deleted}/purge`, { version })).status, 400);
  });
});
