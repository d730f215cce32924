// Does not prove that the registry gives a password: the script's request is tried on real parts elsewhere.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../components/parts/platform";
import { PullToken } from "../../components/parts/pullToken";
import { Registry } from "../../components/parts/registry";
import type { AzureFunction } from "./azureFunctions";
import { refused } from "./azureFunctions";
import { issuedAt, tokenCreatedAt, unknownMark } from "./azureMocks";
import { registryId, subscription } from "./azureIds";
import { declare, valueOf, type Circumstances, type Declared } from "./declare";
import { makePlatform } from "./fixtures";
import { variablesOf } from "./firstRuns";

/** Where a secret is kept, as the scripts are told. */
const place = (secretName: string): object => ({
  VAULT_ID: `${subscription}/resourceGroups/testvault-rg/providers/Microsoft.KeyVault/vaults/testvault`,
  VAULT_CREATED: "2026-01-01T00:00:00",
  SECRET_NAME: secretName,
  TAGS: "{}",
});

const make = (
  circumstances?: Circumstances,
  more?: Partial<Platform>,
): Promise<Declared<PullToken>> =>
  declare(() => {
    const platform = makePlatform(more);
    const registry = new Registry("team", { registryName: "team", platform });
    const repositories = ["my/app", "node"];
    return new PullToken("pull", { registry, platform, repositories, secretName: "registry-team" });
  }, circumstances);

describe("PullToken", () => {
  let declared: Declared<PullToken>;
  before(async () => {
    declared = await make();
  });

  it("reads the named repositories and does nothing else", () => {
    assert.deepEqual(declared.the("ScopeMap", "pull").inputs, {
      scopeMapName: "pull",
      registryName: "team",
      resourceGroupName: "team-rg",
      description: "Pull my/app, node",
      actions: ["repositories/my/app/content/read", "repositories/node/content/read"],
    });
    assert.equal(
      declared.the("Token", "pull").inputs["scopeMapId"],
      registryId("team", "scopeMaps/pull"),
    );
  });

  it("never writes a token again, which could wipe its passwords", () => {
    const token = declared.the("Token", "pull");
    assert.deepEqual(token.ignoreChanges, ["credentials"]);
    assert.deepEqual(token.replaceOnChanges, ["scopeMapId", "status"]);
    assert.ok(token.deleteBeforeReplace, "the new one has the same name");
  });

  it("issues a password for each new token and each generation, and for no other reason", () => {
    const { dir, ...inputs } = declared.the("Command", "pull-password").inputs;
    assert.deepEqual(inputs, {
      create: "node tokenPassword.cjs",
      environment: {
        ...place("registry-team-password"),
        USER_SECRET_NAME: "registry-team-user",
        TOKEN_ID: registryId("team", "tokens/pull"),
        TOKEN_CREATED: tokenCreatedAt,
        GENERATION: "first",
        VALID_DAYS: "180",
      },
      logging: "none",
    });
    assert.ok(existsSync(join(String(dir), "tokenPassword.cjs")), "wherever it was started");
  });

  it("shows the password to no log, no command line and no plain state", async () => {
    const { additionalSecretOutputs } = declared.the("Command", "pull-password");
    assert.deepEqual(additionalSecretOutputs, ["stdout", "stderr"]);
    assert.ok(await pulumi.isSecret(declared.result.password));
  });

  it("tells in plain when the password was issued", async () => {
    assert.equal(await valueOf(declared.result.issued), issuedAt);
    assert.ok(!(await pulumi.isSecret(declared.result.issued)));
  });

  it("keeps both halves in the vault under names that a task file can tell", async () => {
    const { userName, password } = declared.result.login;
    const secrets = "https://testvault.vault.azure.net/secrets/registry-team";
    assert.equal(await valueOf(userName.url), `${secrets}-user`);
    assert.equal(await valueOf(password.url), `${secrets}-password`);
  });
});

describe("the password of a PullToken", () => {
  /** What vault and registry say of a password that was issued once. */
  const issued = (generation: string, passwords: object[]): Record<string, AzureFunction> => ({
    "azure-native:keyvault:getSecret": ({ vaultName, secretName }) => {
      assert.deepEqual([vaultName, secretName], ["testvault", "registry-team-password"]);
      return { tags: { generation, issued: issuedAt } };
    },
    "azure-native:containerregistry:getToken": ({ registryName, tokenName }) => {
      assert.deepEqual([registryName, tokenName], ["team", "pull"]);
      return { credentials: { passwords } };
    },
  });
  const generation = ({ the }: Declared<PullToken>): unknown =>
    variablesOf(the("Command", "pull-password"))["GENERATION"];
  const alive = [{ name: "password1", creationTime: issuedAt, expiry: "2099-01-01T00:00:00Z" }];

  it("is no unknown in a preview that only changes the tags, or the app would seem to be deployed anew", async () => {
    const unprinted = { "command:local:Command": () => ({ stdout: unknownMark }) };
    const circumstances = { preview: true, deployed: true, outputs: unprinted };
    const kept = await make({ ...circumstances, functions: issued("first", alive) });
    assert.equal(await valueOf(kept.result.issued), issuedAt);
    const next = await make({ ...circumstances, functions: issued("another", alive) });
    assert.equal(await valueOf(next.result.issued), undefined);
  });

  it("stays the same while the registry has it", async () => {
    assert.equal(generation(await make({ functions: issued("first", alive) })), "first");
  });

  it("is followed by another when the registry has it no more, as after a wipe", async () => {
    const declared = await make({ functions: issued("first", []) });
    assert.equal(generation(declared), `first after ${issuedAt}`);
  });

  it("is missed by name when the token itself was deleted, which a plain up would not see", async () => {
    const functions = {
      ...issued("first", []),
      "azure-native:containerregistry:getToken": notThere,
    };
    const { failures } = await make({ functions, failing: true });
    assert.match(
      failures.map(({ message }) => message).join(),
      /Token pull of registry team is not in Azure any more; run: pulumi up --refresh/,
    );
  });

  it("is followed by another when the date of rotation changes", async () => {
    const tokens = { rotated: "2026-11-24", validDays: 30 };
    const declared = await make({ functions: issued("first", alive) }, { tokens });
    const { GENERATION, VALID_DAYS } = variablesOf(declared.the("Command", "pull-password"));
    assert.deepEqual([GENERATION, VALID_DAYS], ["2026-11-24", "30"]);
  });

  it("is looked for in a preview only where vault and token exist", async () => {
    const fresh = await make({ preview: true });
    assert.equal(fresh.calls.filter(({ token }) => /getSecret/.test(token)).length, 0);
    const later = await make({
      preview: true,
      deployed: true,
      functions: issued("first", alive),
    });
    assert.equal(generation(later), "first");
  });

  it("is no guess: what keeps it from being looked up ends the program", async () => {
    const functions = { "azure-native:keyvault:getSecret": refused };
    const { failures } = await make({ functions, failing: true });
    assert.match(failures.map(({ message }) => message).join(), /403/);
  });
});

function notThere(): never {
  throw Object.assign(new Error("gone"), { details: "Code=TokenNotFound: pull" });
}
