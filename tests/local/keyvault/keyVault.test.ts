// The data plane with real azure-cli; that the resource manager stores the same secrets is shown by its own tests.
import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import {
  type Resource,
  type ResourceStore,
  resourceTypes,
} from "../../../local/contracts/resources";
import { type LocalDirectory, openDirectory } from "../../../local/identity/directory";
import { openResourceStore } from "../../../local/kernel/resourceStore";
import { createKeyVault } from "../../../local/keyvault/keyVault";
import { writeSecret } from "../../../local/keyvault/secrets";
import { openTestBed, type Result, type TestBed } from "../clients";

describe("keyvault/keyVault", function () {
  this.timeout(60_000);
  let bed: TestBed;
  let directory: LocalDirectory;
  let resources: ResourceStore;
  let vault: Resource;
  let roles: string[] = [];

  const put = (changes: Record<string, unknown>): void => {
    vault = { ...vault, properties: { ...vault.properties, ...changes } };
    resources.put(vault);
  };
  const allow = (...secrets: string[]): void => {
    const { objectId } = directory.deployer;
    put({
      accessPolicies: [{ objectId, permissions: { secrets } }],
      enableRbacAuthorization: false,
    });
  };

  before(async () => {
    bed = await openTestBed(async (stateDir) => {
      directory = await openDirectory({ stateDir });
      resources = openResourceStore(join(stateDir, "resources.json"));
      vault = {
        id: `/subscriptions/${directory.subscriptionId}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Contoso-Vault`,
        name: "Contoso-Vault",
        type: resourceTypes.vault,
        properties: {},
      };
      const authorizer = {
        can: (_id: string, action: string, scope: string): boolean =>
          roles.includes(`${action} ${scope.slice(vault.id.length)}`),
      };
      const service = await createKeyVault({ resources, directory, authorizer, log: () => {} });
      const subscriptions = {
        name: "subscriptions",
        hosts: ["management.azure.com"],
        handle: (_request: unknown, response: ServerResponse) => {
          const id = directory.subscriptionId;
          const subscription = { id: `/subscriptions/${id}`, subscriptionId: id, displayName: "l" };
          const tenantId = directory.tenantId;
          const value = [{ ...subscription, state: "Enabled", tenantId }];
          response.end(JSON.stringify({ value }));
        },
        stop: async () => {},
      };
      return [directory.service, service, subscriptions];
    });
    const { appId, clientSecret } = directory.deployer;
    const who = ["-u", appId, "-p", clientSecret, "--tenant", directory.tenantId];
    const { code, stderr } = await bed.az("login", "--service-principal", ...who);
    assert.equal(code, 0, stderr);
  });
  after(() => bed.close());

  const secret = (...args: string[]): Promise<Result> =>
    bed.az("keyvault", "secret", ...args, "--vault-name", "contoso-vault", "-o", "tsv");

  it("gives azure-cli back the value it set", async () => {
    allow("get", "set");
    const set = await secret("set", "-n", "github-token", "--value", "abc def", "--query", "name");
    assert.equal(set.code, 0, set.stderr);
    const shown = await secret("show", "-n", "github-token", "--query", "value");
    assert.equal(shown.stdout, "abc def\n", shown.stderr);
  });

  it("refuses to read without the get permission, naming caller, permission and vault", async () => {
    allow("list");
    const { code, stderr } = await secret("show", "-n", "github-token");
    assert.equal(code, 1);
    assert.match(stderr, /Forbidden/);
    assert.match(stderr, /does not have secrets get permission on key vault 'Contoso-Vault'/);
    assert.doesNotMatch(stderr, /abc def/);
  });

  it("refuses to write with get alone, which is all that a task has", async () => {
    allow("get");
    const { code, stderr } = await secret("set", "-n", "github-token", "--value", "changed");
    assert.equal(code, 1);
    assert.match(stderr, /secrets set permission/);
  });

  it("keeps older versions when a value changes, and no version twice", async () => {
    allow("get", "list", "set", "delete");
    for (const value of ["one", "one", "two"]) {
      writeSecret({ resources, vault, name: "rotated", value });
    }
    const { stdout } = await secret("list-versions", "-n", "rotated", "--query", "[].id");
    assert.equal(stdout.trim().split("\n").length, 2);
    const oldest = stdout.trim().split("\n").at(-1)?.split("/").at(-1) ?? "";
    const shown = await secret("show", "-n", "rotated", "--version", oldest, "--query", "value");
    assert.equal(shown.stdout, "one\n", shown.stderr);
  });

  it("takes no more tags and no longer value than Azure", async () => {
    allow("get", "set");
    // azure-cli adds one of its own, file-encoding.
    const tags = (count: number): string[] => Array.from({ length: count }, (_, i) => `t${i}=x`);
    const set = (...args: string[]): Promise<Result> => secret("set", "-n", "limited", ...args);
    const full = await set("--value", "x".repeat(25_600), "--tags", ...tags(14));
    assert.equal(full.code, 0, full.stderr);
    assert.match(
      (await set("--value", "x", "--tags", ...tags(15))).stderr,
      /BadParameter.*Property has invalid value/s,
    );
    assert.match(
      (await set("--value", "x".repeat(25_601))).stderr,
      /BadParameter.*beyond the maximum permitted length of 25600 characters/s,
    );
  });

  it("bars the name of a deleted secret until it is recovered or purged", async () => {
    allow("get", "list", "set", "delete", "recover", "purge");
    const done = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await secret(...args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const set = (value: string): Promise<Result> => secret("set", "-n", "gone", "--value", value);
    assert.equal((await set("one")).code, 0);
    await done("delete", "-n", "gone");
    const refused = await set("two");
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /\(Conflict\) Secret gone is currently in a deleted but recoverable state, and its name cannot be reused/,
    );
    assert.match(refused.stderr, /ObjectIsDeletedButRecoverable/);
    assert.equal((await secret("show", "-n", "gone")).code, 3);
    assert.equal(await done("list-deleted", "--query", "[].name"), "gone\n");
    await done("recover", "-n", "gone");
    assert.equal(await done("show", "-n", "gone", "--query", "value"), "one\n");
    await done("delete", "-n", "gone");
    await done("purge", "-n", "gone");
    assert.equal((await set("two")).code, 0);
    assert.equal(await done("list-deleted", "--query", "[].name"), "");
  });

  it("says which secret is not there", async () => {
    allow("get");
    const { code, stderr } = await secret("show", "-n", "missing");
    assert.equal(code, 3);
    assert.match(stderr, /SecretNotFound.*missing was not found/s);
  });

  it("decides by roles alone, down to one secret, where the vault says so", async () => {
    allow("get");
    put({ enableRbacAuthorization: true });
    const refused = await secret("show", "-n", "github-token");
    assert.match(refused.stderr, /ForbiddenByRbac|not authorized to perform action on resource/);
    roles = ["Microsoft.KeyVault/vaults/secrets/getSecret/action /secrets/github-token"];
    const shown = await secret("show", "-n", "github-token", "--query", "value");
    assert.equal(shown.stdout, "abc def\n", shown.stderr);
  });

  it("never puts a value on disk outside the 0600 store, nor in a resource's visible part", () => {
    for (const each of resources.list({ type: resourceTypes.vaultSecret })) {
      assert.doesNotMatch(JSON.stringify({ ...each, secret: undefined }), /abc def|two/);
    }
  });
});
