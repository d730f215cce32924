// Does not prove that the vault enforces its policies and roles: that is Azure's part.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  SecretVault,
  type SecretVaultArgs,
  type StoredSecret,
} from "../../components/parts/secretVault";
import { stackTagLimit } from "../../components/parts/vaultSecret";
import { notFound, refused, type AzureFunction } from "./azureFunctions";
import { subscription, subscriptionId } from "./azureIds";
import { unknown } from "./declaration";
import { declare, valueOf, type Circumstances, type Declared } from "./declare";
import { location } from "./fixtures";
import { variablesOf } from "./firstRuns";

interface Made {
  vault: SecretVault;
  first: StoredSecret;
}

const make = (
  more: Partial<SecretVaultArgs> = {},
  circumstances: Circumstances = {},
): Promise<Declared<Made>> =>
  declare(() => {
    const vault = new SecretVault("vault", { vaultName: "testvault", location, ...more });
    const first = vault.storeSecret("first", { secretName: "the-secret", value: "v" });
    const second = vault.storeSecret("second", { value: "w" });
    for (const reader of ["reader", "other"])
      vault.allowReading(reader, { principalId: `principal-${reader}`, secrets: [first, second] });
    return { vault, first };
  }, circumstances);

const vaultId = `${subscription}/resourceGroups/testvault-rg/providers/Microsoft.KeyVault/vaults/testvault`;
const properties = (declared: Declared<Made>): Record<string, unknown> =>
  declared.the("Vault", "vault").inputs["properties"] as Record<string, unknown>;

describe("SecretVault", () => {
  let declared: Declared<Made>;
  before(async () => {
    declared = await make();
  });

  it("decides access by policies, and leaves the list of them to those who add to it", () => {
    assert.deepEqual(declared.the("Vault", "vault").inputs, {
      vaultName: "testvault",
      resourceGroupName: "testvault-rg",
      location,
      properties: {
        tenantId: "22222222-2222-2222-2222-222222222222",
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        enableSoftDelete: true,
        softDeleteRetentionInDays: 7,
        // From here on the SDK's own defaults.
        enabledForDeployment: false,
        enabledForDiskEncryption: false,
        enabledForTemplateDeployment: false,
        publicNetworkAccess: "enabled",
      },
    });
  });

  it("lets an identity get secrets, and neither list nor set them", () => {
    assert.deepEqual(declared.the("AccessPolicy", "reader").inputs, {
      vaultName: "testvault",
      resourceGroupName: "testvault-rg",
      policy: {
        tenantId: "22222222-2222-2222-2222-222222222222",
        objectId: "principal-reader",
        permissions: { secrets: ["get"] },
      },
    });
    assert.equal(declared.kinds("RoleAssignment").length, 0);
  });

  it("gives a secret's URL without a version, which follows a new value", async () => {
    const { url, id } = declared.result.first;
    assert.equal(await valueOf(url), "https://testvault.vault.azure.net/secrets/the-secret");
    assert.equal(await valueOf(id), `${vaultId}/secrets/the-secret`);
    assert.ok(!(await pulumi.isSecret(url)));
    assert.ok(!(await pulumi.isSecret(id)));
  });

  it("hands a value to its script as a secret on standard input, and nowhere else", () => {
    const { dir, ...inputs } = declared.the("Command", "first").inputs;
    assert.match(String(dir), /parts\/azure$/);
    const { WRITTEN, ...environment } = inputs["environment"] as Record<string, string>;
    assert.match(WRITTEN ?? "", /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.deepEqual(environment, {
      VAULT_ID: vaultId,
      VAULT_CREATED: "2026-01-01T00:00:00",
      SECRET_NAME: "the-secret",
      TAGS: "{}",
    });
    assert.deepEqual(inputs, {
      create: "node vaultSecret.cjs",
      environment: inputs["environment"],
      stdin: "v",
      logging: "none",
    });
    const { secrets, parent } = declared.the("Command", "first");
    assert.deepEqual([secrets, parent], [["stdin"], "first"]);
  });

  it("writes a secret again that somebody deleted or wrote over, and no other", async () => {
    const writtenAt = async (tags?: Record<string, string>): Promise<unknown> => {
      const functions = { "azure-native:keyvault:getSecret": () => ({ tags }) };
      const { the } = await make({}, tags ? { functions } : {});
      return (the("Command", "first").inputs["environment"] as Record<string, string>)["WRITTEN"];
    };
    const moment = "2026-05-05T00:00:00.000Z";
    assert.equal(await writtenAt({ written: moment }), moment);
    for (const tags of [undefined, { "file-encoding": "utf-8" }])
      assert.notEqual(await writtenAt(tags), moment);
  });

  it("has no command that would delete a secret: nobody has the right", () => {
    for (const { inputs } of declared.kinds("Command"))
      assert.deepEqual([inputs["delete"], inputs["update"]], [undefined, undefined]);
  });

  it("knows a secret's address in a preview that writes it, and lets the reader wait for it", async () => {
    const preview = await make({}, { preview: true, deployed: true });
    assert.equal(
      await valueOf(preview.result.first.url),
      "https://testvault.vault.azure.net/secrets/the-secret",
    );
    const roles = await make({ rbac: true });
    assert.ok(roles.the("RoleAssignment", "reader-1").waitsFor.has("Command first"));
    assert.ok(!roles.the("RoleAssignment", "reader-1").waitsFor.has("Command second"));
  });

  it("writes secrets side by side, and makes one policy at a time", () => {
    assert.ok(!declared.the("Command", "second").waitsFor.has("Command first"));
    assert.ok(declared.the("AccessPolicy", "other").waitsFor.has("AccessPolicy reader"));
  });

  it("lets policies go with the vault, so that a vault that is gone already stops no destroy", () => {
    assert.equal(declared.the("AccessPolicy", "reader").deletedWith, "vault");
  });

  it("puts the stack's tags on secrets, as many as leave room for the program's own", async () => {
    const tags = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag${index}`, "x"]));
    assert.equal(stackTagLimit, 13);
    const tagged = await make({ tags: tags(13) });
    const { TAGS } = variablesOf(tagged.the("Command", "first"));
    assert.deepEqual(JSON.parse(String(TAGS)), tags(13));
    await assert.rejects(make({ tags: tags(14) }), {
      message:
        /^14 tags are more than fit on a secret beside the program's own; have 13 at most$|tags/,
    });
  });

  it("protects from purging, and reports who read what, only when asked to", async () => {
    assert.equal(declared.kinds("DiagnosticSetting").length, 0);
    const workspace = "/subscriptions/s/workspaces/w";
    const strict = await make({ purgeProtection: true, logAnalyticsWorkspace: workspace });
    assert.equal(properties(strict)["enablePurgeProtection"], true);
    const { inputs } = strict.the("DiagnosticSetting", "vault-log");
    assert.equal(inputs["workspaceId"], workspace);
    assert.equal(inputs["resourceUri"], vaultId);
  });
});

describe("SecretVault with roles", () => {
  it("gives one role for each secret that is read, none on the vault, and no policy", async () => {
    const declared = await make({ rbac: true });
    assert.equal(properties(declared)["enableRbacAuthorization"], true);
    assert.equal(declared.kinds("AccessPolicy").length, 0);
    assert.deepEqual(
      declared
        .kinds("RoleAssignment")
        .filter(({ name }) => name.startsWith("reader"))
        .map(({ name, inputs }) => [
          name,
          inputs["scope"],
          inputs["roleDefinitionId"],
          inputs["principalId"],
        ]),
      [
        ["reader-1", "the-secret"],
        ["reader-2", "second"],
      ].map(([name, secret]) => [
        name,
        `${vaultId}/secrets/${secret}`,
        `${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
        "principal-reader",
      ]),
    );
  });
});

describe("a SecretVault whose name Azure keeps", () => {
  const live = (createdAt: string): Record<string, AzureFunction> => ({
    "azure-native:keyvault:getVault": () => ({ systemData: { createdAt } }),
  });
  const createdOf = (declared: Declared<Made>): unknown =>
    variablesOf(declared.the("Command", "first"))["VAULT_CREATED"];

  it("is recovered where a deleted vault has it, which is no change later", async () => {
    const functions: Record<string, AzureFunction> = {
      "command:local:run": ({ command, environment }) => {
        assert.equal(command, "node deletedVault.cjs");
        assert.deepEqual(environment, {
          SUBSCRIPTION: subscriptionId,
          VAULT: "testvault",
          LOCATION: location,
        });
        return { stdout: "yes" };
      },
    };
    const declared = await make({}, { functions });
    assert.equal(properties(declared)["createMode"], "recover");
    assert.deepEqual(declared.the("Vault", "vault").ignoreChanges, ["properties.createMode"]);
  });

  it("is not looked for among the deleted ones where it lives", async () => {
    const { calls } = await make({}, { functions: live("2026-02-02T00:00:00Z") });
    assert.deepEqual(
      calls.filter(({ token }) => token === "command:local:run"),
      [],
    );
  });

  it("gets its secrets again when it was made anew, and an update of it previews none", async () => {
    const functions = live("2026-02-02T00:00:00.123Z");
    // What an update leaves of the vault's own answer in a preview.
    const outputs = { "azure-native:keyvault:Vault": () => ({ systemData: unknown }) };
    const preview = { preview: true, deployed: true };
    assert.equal(
      createdOf(await make({}, { ...preview, functions, outputs })),
      "2026-02-02T00:00:00",
    );
    assert.equal(createdOf(await make({}, { preview: true })), unknown);
    assert.equal(createdOf(await make()), "2026-01-01T00:00:00");
  });

  it("is said to be gone where the stack has it and Azure has not; a preview goes on", async () => {
    const functions = { "azure-native:keyvault:getVault": notFound };
    await make({}, { preview: true, deployed: true, functions });
    const { failures } = await make({}, { functions, failing: true });
    assert.match(
      failures.map(({ message }) => message).join(),
      /The key vault testvault is not in Azure any more; run: pulumi up --refresh/,
    );
  });

  it("is no guess: what keeps it from being looked up ends the program", async () => {
    const functions = { "azure-native:keyvault:getVault": refused };
    const { failures } = await make({}, { functions, failing: true });
    assert.match(failures.map(({ message }) => message).join(), /403/);
  });
});
