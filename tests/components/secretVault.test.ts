// Does not prove that the vault enforces its policies and roles: that is Azure's part.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  SecretVault,
  type SecretVaultArgs,
  type StoredSecret,
} from "../../components/parts/secretVault";
import { subscription } from "./azureIds";
import { declare, valueOf, type Declared } from "./declare";
import { location } from "./fixtures";

interface Made {
  vault: SecretVault;
  first: StoredSecret;
}

const make = (more: Partial<SecretVaultArgs> = {}): Promise<Declared<Made>> =>
  declare(() => {
    const vault = new SecretVault("vault", { vaultName: "testvault", location, ...more });
    const first = vault.storeSecret("first", { secretName: "the-secret", value: "v" });
    const second = vault.storeSecret("second", { value: "w", tags: { issued: "today" } });
    vault.storeSecret("third", { value: "x" });
    vault.allowReading("reader", { principalId: "some-principal", secrets: [first, second] });
    return { vault, first };
  });

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
        objectId: "some-principal",
        permissions: { secrets: ["get"] },
      },
    });
    assert.equal(declared.kinds("RoleAssignment").length, 0);
  });

  it("gives a secret's URL without a version, which follows a new value", async () => {
    const { url, id } = declared.result.first;
    assert.equal(await valueOf(url), "https://testvault.vault.azure.net/secrets/the-secret");
    assert.ok(!(await pulumi.isSecret(url)));
    assert.ok(!(await pulumi.isSecret(id)));
  });

  it("takes a value as secret even if it was given in the clear, and its tags as plain", () => {
    const { secrets, additionalSecretOutputs, inputs } = declared.the("Secret", "second");
    assert.deepEqual(secrets, ["properties.value"]);
    assert.deepEqual(additionalSecretOutputs, ["properties"]);
    assert.deepEqual(inputs["tags"], { issued: "today" });
  });

  it("lets an app be taken away by who may not delete secrets", () => {
    for (const { retainOnDelete } of declared.kinds("Secret")) assert.ok(retainOnDelete);
  });

  it("makes one change at a time, in the order asked for", () => {
    assert.ok(declared.the("Secret", "second").waitsFor.has("Secret first"));
    assert.ok(declared.the("AccessPolicy", "reader").waitsFor.has("Secret third"));
  });

  it("protects from purging, and reports who read what, only when asked to", async () => {
    assert.equal(declared.kinds("DiagnosticSetting").length, 0);
    const workspace = "/subscriptions/s/workspaces/w";
    const strict = await make({ purgeProtection: true, logAnalyticsWorkspace: workspace });
    const properties = strict.the("Vault", "vault").inputs["properties"] as object;
    assert.equal((properties as Record<string, unknown>)["enablePurgeProtection"], true);
    const { inputs } = strict.the("DiagnosticSetting", "vault-log");
    assert.equal(inputs["workspaceId"], workspace);
    assert.equal(
      inputs["resourceUri"],
      `${subscription}/resourceGroups/testvault-rg/providers/Microsoft.KeyVault/vaults/testvault`,
    );
  });
});

describe("SecretVault with roles", () => {
  it("gives one role for each secret that is read, none on the vault, and no policy", async () => {
    const declared = await make({ rbac: true });
    const { properties } = declared.the("Vault", "vault").inputs;
    assert.equal((properties as Record<string, unknown>)["enableRbacAuthorization"], true);
    assert.equal(declared.kinds("AccessPolicy").length, 0);
    assert.deepEqual(
      declared
        .kinds("RoleAssignment")
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
        `${subscription}/resourceGroups/testvault-rg/providers/Microsoft.KeyVault/vaults/testvault/secrets/${secret}`,
        `${subscription}/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6`,
        "some-principal",
      ]),
    );
  });
});
