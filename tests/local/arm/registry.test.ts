// Does not prove that the registry's data plane honours tokens and scope maps.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ContainerRegistryManagementClient } from "@azure/arm-containerregistry";
import { after, before, describe, it } from "mocha";
import type { TokenPassword } from "../../../local/arm";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const group = `${subscription}/resourceGroups/rg-registry`;
const registries = `${group}/providers/Microsoft.ContainerRegistry/registries`;
const registry = `${registries}/Trusted1`;
const pull = `${registry}/scopeMaps/_repositories_pull`;
const body = { location, sku: { name: "Premium" }, properties: { adminUserEnabled: false } };

describe("container registries", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
    await arm.send("PUT", group, { version: versions.group, body: { location } });
    await arm.send("PUT", registry, { version: versions.registry, body });
  });
  after(() => arm.close());
  const put = (path: string, properties: object, version: string = versions.token) =>
    arm.send("PUT", path, { version, body: { properties } });

  it("gives a registry its login server and Azure's defaults", async () => {
    const { body: made } = await arm.send("GET", registry, { version: versions.registry });
    assert.equal(made.properties?.loginServer, "trusted1.azurecr.io");
    assert.equal(made.properties?.publicNetworkAccess, "Enabled");
    assert.deepEqual(made.sku, { name: "Premium", tier: "Premium" });
  });

  it("refuses a name that is taken, odd names, odd skus and unknown properties, and makes nothing", async () => {
    await arm.send("PUT", `${group}-b`, { version: versions.group, body: { location } });
    const elsewhere = registry.replace("rg-registry", "rg-registry-b");
    const send = async (path: string, sent: object): Promise<string | undefined> =>
      (await arm.send("PUT", path, { version: versions.registry, body: sent })).body.error?.code;
    assert.equal(await send(elsewhere, body), "AlreadyInUse");
    assert.equal(await send(`${registries}/no-dash`, body), "InvalidResourceName");
    const gold = { ...body, sku: { name: "Gold" } };
    assert.equal(await send(`${registries}/other1`, gold), "InvalidRequestContent");
    const strange = { ...body, properties: { colour: "red" } };
    assert.equal(await send(`${registries}/other1`, strange), "InvalidRequestContent");
    assert.equal(await send(`${registries}/other1`, { sku: body.sku }), "LocationRequired");
    assert.equal(arm.resources.list({ under: `${registries}/other1` }).length, 0);
    const missing = await arm.send("GET", `${registries}/other1`, { version: versions.registry });
    assert.equal(missing.body.error?.code, "ResourceNotFound");
  });

  it("keeps what a careful program sets, and gives it back as it was set", async () => {
    const careful = {
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      networkRuleBypassOptions: "AzureServices",
      networkRuleSet: {
        defaultAction: "Deny",
        ipRules: [{ action: "Allow", value: "203.0.113.0/24" }],
      },
      policies: {
        retentionPolicy: { days: 30, status: "enabled" },
        exportPolicy: { status: "enabled" },
      },
      publicNetworkAccess: "Enabled",
      zoneRedundancy: "Enabled",
    };
    const id = `${registries}/careful1`;
    const put = (properties: object, sku = "Premium") =>
      arm.send("PUT", id, {
        version: versions.registry,
        body: { location, sku: { name: sku }, properties, tags: { team: "a" } },
      });
    const made = await put(careful);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const shown = (await arm.send("GET", id, { version: versions.registry })).body
      .properties as typeof careful;
    const { policies, ...others } = shown;
    for (const [name, value] of Object.entries(careful)) {
      if (name !== "policies") assert.deepEqual((others as Record<string, unknown>)[name], value);
    }
    assert.deepEqual(policies.retentionPolicy, careful.policies.retentionPolicy);
    const soft = { softDeletePolicy: { retentionDays: 14, status: "enabled" } };
    assert.equal((await put({ ...careful, policies: soft })).status, 200);
    const refused = async (properties: object, sku?: string): Promise<string> =>
      String((await put(properties, sku)).body.error?.message);
    const both = { ...careful.policies, ...soft };
    assert.match(await refused({ policies: both }), /cannot be enabled at the same time/);
    const later = await arm.send("PATCH", id, {
      version: versions.registry,
      body: { properties: { policies: careful.policies } },
    });
    assert.match(String(later.body.error?.message), /cannot be enabled at the same time/);
    const long = { retentionPolicy: { days: 366, status: "enabled" } };
    assert.match(await refused({ policies: long }), /retentionPolicy.days' must be 0 to 365/);
    const odd = { networkRuleSet: { defaultAction: "Deny", ipRules: [{ value: "home" }] } };
    assert.match(await refused(odd), /ipRules\[0\].value' must be an IPv4 address/);
  });

  it("refuses of a cheaper tier what only Premium has, and takes what every tier has", async () => {
    const id = `${registries}/cheap1`;
    const put = async (sku: string, properties: object): Promise<unknown> => {
      const { status, body } = await arm.send("PUT", id, {
        version: versions.registry,
        body: { location, sku: { name: sku }, properties },
      });
      return status < 300 ? status : body.error;
    };
    const unsupported = (sku: string): object => ({
      code: "SkuNotSupported",
      message: `The SKU ${sku} is not supported.`,
    });
    const retention = { policies: { retentionPolicy: { days: 30, status: "enabled" } } };
    assert.deepEqual(await put("Standard", retention), unsupported("Standard"));
    assert.deepEqual(await put("Basic", { zoneRedundancy: "Enabled" }), unsupported("Basic"));
    assert.deepEqual(await put("Basic", { anonymousPullEnabled: true }), unsupported("Basic"));
    assert.deepEqual(await put("Basic", { publicNetworkAccess: "Disabled" }), {
      code: "DisablingPublicNetworkAccessNotSupported",
      message:
        "Disabling public network access is not supported for the SKU Basic. For more information, please visit https://aka.ms/acr/private-link.",
    });
    const soft = { policies: { softDeletePolicy: { retentionDays: 7, status: "enabled" } } };
    assert.equal(await put("Basic", soft), 201);
    const token = `${id}/tokens/cheap-token`;
    const scopeMapId = `${id}/scopeMaps/_repositories_pull`;
    const made = await arm.send("PUT", token, {
      version: versions.token,
      body: { properties: { scopeMapId } },
    });
    assert.equal(made.status, 200, "tokens are in every tier");
    assert.equal(await put("Premium", retention), 200);
  });

  it("keeps system scope maps as they are", async () => {
    const map = await arm.send("GET", pull, { version: versions.token });
    assert.equal(map.body.properties?.type, "SystemDefined");
    assert.deepEqual(map.body.properties?.actions, ["repositories/*/content/read"]);
    assert.equal((await arm.send("DELETE", pull, { version: versions.token })).status, 409);
    assert.equal((await put(pull, { actions: ["repositories/a/content/read"] })).status, 409);
  });

  it("checks a scope map's actions and keeps a map that a token uses", async () => {
    const map = `${registry}/scopeMaps/hello-map`;
    const odd = await put(map, { actions: ["repositories/hello/everything"] });
    assert.equal(odd.status, 400);
    assert.match(odd.body.error?.message ?? "", /repositories\/hello\/everything/);
    const actions = ["repositories/hello/content/read"];
    assert.equal((await put(map, { description: "d", actions })).status, 200);
    const token = `${registry}/tokens/hello-token`;
    assert.equal((await put(token, { scopeMapId: map })).status, 200);
    const refused = await arm.send("DELETE", map, { version: versions.token });
    assert.equal(refused.body.error?.code, "ScopeMapInUse");
    await arm.send("DELETE", token, { version: versions.token });
    assert.equal((await arm.send("DELETE", map, { version: versions.token })).status, 200);
    assert.equal((await arm.send("DELETE", map, { version: versions.token })).status, 204);
  });

  it("refuses a token without its scope map, and one in a registry that is not there", async () => {
    const odd = await put(`${registry}/tokens/hello-token`, { scopeMapId: `${pull}x` });
    assert.equal(odd.status, 400);
    const away = await put(`${registries}/nowhere1/tokens/hello-token`, { scopeMapId: pull });
    assert.equal(away.body.error?.code, "ParentResourceNotFound");
  });

  it("makes passwords with the SDK that the program uses, shows them once and stores only hashes", async () => {
    const token = `${registry}/tokens/sdk-token`;
    await put(token, { scopeMapId: pull, status: "enabled" });
    const credential = {
      getToken: () =>
        Promise.resolve({
          token: arm.directory.deployer.objectId,
          expiresOnTimestamp: Date.now() + 3_600_000,
        }),
    };
    const client = new ContainerRegistryManagementClient(credential, arm.directory.subscriptionId, {
      endpoint: arm.url,
      allowInsecureConnection: true,
    });
    // the bearer policy insists on https; the port has none
    client.pipeline.removePolicy({ name: "bearerTokenAuthenticationPolicy" });
    client.pipeline.addPolicy({
      name: "plainBearer",
      sendRequest(request, next) {
        request.headers.set("authorization", `Bearer ${arm.directory.deployer.objectId}`);
        return next(request);
      },
    });
    const made = await client.registries.beginGenerateCredentialsAndWait(
      "rg-registry",
      "Trusted1",
      {
        tokenId: token,
        name: "password1",
      },
    );
    assert.equal(made.username, "sdk-token");
    const [password] = made.passwords ?? [];
    assert.equal(password?.name, "password1");
    const stored = arm.resources.get(token);
    const [kept] = stored?.secret?.passwords as TokenPassword[];
    const hash = createHash("sha256")
      .update(password?.value ?? "")
      .digest("hex");
    assert.equal(kept?.sha256, hash);
    assert.ok(!JSON.stringify(stored).includes(password?.value ?? "?"));
    const shown = await client.tokens.get("rg-registry", "Trusted1", "sdk-token");
    assert.deepEqual(
      shown.credentials?.passwords?.map(({ name, value }) => [name, value]),
      [["password1", undefined]],
    );
  });

  it("keeps passwords through a PATCH and wipes those that a PUT does not name", async () => {
    const token = `${registry}/tokens/wipe-token`;
    const names = (): string[] =>
      ((arm.resources.get(token)?.secret?.passwords ?? []) as TokenPassword[]).map(
        ({ name }) => name,
      );
    await put(token, { scopeMapId: pull });
    await arm.send("POST", `${registry}/generateCredentials`, {
      version: versions.token,
      body: { tokenId: token },
    });
    await arm.send("PATCH", token, {
      version: versions.token,
      body: { properties: { status: "disabled" } },
    });
    assert.deepEqual(names(), ["password1", "password2"]);
    await put(token, { scopeMapId: pull, credentials: { passwords: [{ name: "password2" }] } });
    assert.deepEqual(names(), ["password2"]);
    await put(token, { scopeMapId: pull });
    assert.deepEqual(names(), []);
  });

  it("changes tags of a registry and leaves its properties alone", async () => {
    const patch = { tags: { team: "a" } };
    const reply = await arm.send("PATCH", registry, { version: versions.registry, body: patch });
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.body.tags, { team: "a" });
    assert.equal(reply.body.properties?.loginServer, "trusted1.azurecr.io");
  });
});
