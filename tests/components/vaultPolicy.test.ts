// Does not prove that Azure takes the policy the second time: that is tried on real parts elsewhere.
import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { SecretVault } from "../../components/parts/secretVault";
import type { AzureFunction } from "./azureFunctions";
import { subscription } from "./azureIds";
import { declare } from "./declare";
import { location } from "./fixtures";

/** Whether a policy is tried again after these errors, newest first, and what was run before that. */
async function afterwards(
  errors: string[],
  failedOperation = "create",
): Promise<{ again: boolean; ran: unknown[] }> {
  const ran: unknown[] = [];
  const functions: Record<string, AzureFunction> = {
    "command:local:run": ({ command, environment }) => {
      if (command === "node deletedVault.cjs") return { stdout: "no" };
      ran.push([command, environment]);
      return { stdout: "{}" };
    },
  };
  let again = false;
  await declare(
    () => {
      const vault = new SecretVault("vault", { vaultName: "testvault", location });
      vault.allowReading("reader", { principalId: "principal", secrets: [] });
    },
    {
      functions,
      async meanwhile([hook]) {
        assert.equal(hook?.name, "reader-mend");
        const newInputs = { policy: { objectId: "principal" } };
        const args = { failedOperation, newInputs, errors } as unknown as pulumi.ErrorHookArgs;
        again = await hook.callback(args);
      },
    },
  );
  return { again, ran };
}

const exists = "access policy for principal already exists";
const conflict = 'Code="ConflictError" Message="A conflict occurred"';

describe("an access policy that cannot be made", () => {
  it("is tried again once the one in its place is gone, as after the recovery of a vault", async () => {
    const vault = `${subscription}/resourceGroups/testvault-rg/providers/Microsoft.KeyVault/vaults/testvault`;
    const environment = { VAULT_ID: vault, OBJECT_ID: "principal" };
    assert.deepEqual(await afterwards([exists]), {
      again: true,
      ran: [["node accessPolicy.cjs", environment]],
    });
  });

  it("is tried again after somebody else's change of the vault, and not for ever", async () => {
    assert.deepEqual(await afterwards([conflict]), { again: true, ran: [] });
    assert.deepEqual(await afterwards(Array<string>(21).fill(conflict)), { again: false, ran: [] });
  });

  it("fails on what comes back at once, and on any other error or operation", async () => {
    for (const errors of [[exists, exists], ["Code=Forbidden"], []])
      assert.deepEqual(await afterwards(errors), { again: false, ran: [] });
    assert.deepEqual(await afterwards([exists], "update"), { again: false, ran: [] });
  });
});
