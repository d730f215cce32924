/** Who may read a vault's secrets, as an entry in the vault's own list. */
import { AsyncResource } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as pulumi from "@pulumi/pulumi";
import { runScript } from "./azureScripts";

export interface VaultPolicyArgs {
  vault: keyvault.Vault;
  resourceGroupName: pulumi.Input<string>;
  tenantId: pulumi.Input<string>;
  /** Object id of a managed identity, which may get every secret. */
  principalId: pulumi.Input<string>;
}

/**
 * An access policy whose creation gets over what stands in its way: one that is there already, as after the recovery of
 * a deleted vault, and somebody else's change of the vault. azure-native gives up in both cases.
 */
export function vaultPolicy(
  name: string,
  { vault, resourceGroupName, tenantId, principalId }: VaultPolicyArgs,
  opts: pulumi.CustomResourceOptions,
): keyvault.AccessPolicy {
  const mend: pulumi.ErrorHookFunction = async ({ failedOperation, newInputs = {}, errors }) =>
    failedOperation === "create" && (await makeWay(vault.id, newInputs, errors));
  return new keyvault.AccessPolicy(
    name,
    {
      vaultName: vault.name,
      resourceGroupName,
      policy: {
        tenantId,
        objectId: principalId,
        permissions: { secrets: [keyvault.SecretPermissions.Get] },
      },
    },
    pulumi.mergeOptions(opts, {
      // It goes with the vault, also where somebody else deleted that.
      deletedWith: vault,
      // Bound, because the engine's call comes from outside of the program, where nothing knows its engine.
      hooks: { onError: [new pulumi.ErrorHook(`${name}-mend`, AsyncResource.bind(mend))] },
    }),
  );
}

const conflictLimit = 20;

/** @returns whether it is worth trying again */
async function makeWay(
  vaultId: pulumi.Output<string>,
  { policy }: { policy?: { objectId?: string } },
  [error = "", ...earlier]: string[],
): Promise<boolean> {
  if (/ConflictError/.test(error)) {
    if (earlier.length >= conflictLimit) return false;
    // Whoever clashed once must not clash again by asking at the same time.
    await sleep(Math.min(5000, 50 * 2 ** earlier.length) * (1 + Math.random()));
    return true;
  }
  if (!/already exist/.test(error) || earlier.some((one) => /already exist/.test(one)))
    return false;
  const id = await new Promise<string>((resolve) => vaultId.apply(resolve));
  await runScript("accessPolicy.cjs", { VAULT_ID: id, OBJECT_ID: policy?.objectId ?? "" });
  return true;
}
