// Does not prove that Azure answers so: the local vault's own tests hold the same words.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { openFakeAzure, subscriptionId, type FakeAzure } from "../local/pulumi/fixtures/fakeAzure";

const folder = join(__dirname, "../../components/parts/azure");
const vaultId = `/subscriptions/${subscriptionId}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/contoso-vault`;

describe("the script that writes a secret", function () {
  this.timeout(30_000);
  let azure: FakeAzure;
  before(async () => {
    azure = await openFakeAzure();
  });
  after(() => azure.close());

  it("says at once how to get a deleted secret back, instead of asking again for minutes", async () => {
    let asked = 0;
    azure.intercept = ({ method }) => {
      if (method !== "PUT") return undefined;
      asked++;
      const message =
        "Secret github-token is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.";
      return { status: 409, body: { error: { code: "Conflict", message } } };
    };
    const env = {
      PATH: process.env["PATH"],
      NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"],
      ...azure.environment,
      VAULT_ID: vaultId,
      SECRET_NAME: "github-token",
    };
    const ended = await new Promise<{ code: number; stderr: string }>((resolve) => {
      const child = execFile(
        process.execPath,
        ["vaultSecret.cjs"],
        { cwd: folder, env },
        (error, _stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }),
      );
      child.stdin?.end("secret-value");
    });
    assert.equal(
      ended.stderr,
      "No secret github-token in the vault: secret github-token of vault contoso-vault is deleted but can be recovered; run: az keyvault secret recover --vault-name contoso-vault --name github-token\n",
    );
    assert.equal(ended.code, 1);
    assert.equal(asked, 1);
  });
});
