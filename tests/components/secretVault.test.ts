// Does not prove that the vault enforces its policies: that is Azure's part.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { SecretVault } from "../../components/parts/secretVault";
import { declare, valueOf, type Declared } from "./declare";
import { location, makeVault } from "./fixtures";

describe("SecretVault", () => {
  let declared: Declared<{ vault: SecretVault; url: pulumi.Output<string> }>;
  before(async () => {
    declared = await declare(() => {
      const vault = makeVault();
      const url = vault.storeSecret("first", { secretName: "the-secret", value: "v" });
      vault.storeSecret("second", { value: "w" });
      vault.allowReading("reader", "some-principal");
      return { vault, url };
    });
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

  it("gives a secret's URL without a version, which follows a new value", async () => {
    const { url } = declared.result;
    assert.equal(await valueOf(url), "https://testvault.vault.azure.net/secrets/the-secret");
    assert.ok(!(await pulumi.isSecret(url)));
  });

  it("takes a value as secret even if it was given in the clear", () => {
    const { secrets, additionalSecretOutputs } = declared.the("Secret", "first");
    assert.deepEqual(secrets, ["properties.value"]);
    assert.deepEqual(additionalSecretOutputs, ["properties"]);
  });

  it("can be destroyed by who may not delete secrets", () => {
    for (const { deletedWith } of declared.kinds("Secret")) assert.equal(deletedWith, "vault");
  });

  it("makes one change at a time, in the order asked for", () => {
    assert.ok(declared.the("Secret", "second").waitsFor.has("Secret first"));
    assert.ok(declared.the("AccessPolicy", "reader").waitsFor.has("Secret second"));
  });
});
