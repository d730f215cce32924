/** One change of a vault at a time: Azure refuses another one that comes while the first goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import { refuse } from "../errors";

/** How long a change goes on after it was made. */
const milliseconds = 20;

/** Makes a change. @throws {ArmError} ConflictError while another one of the same vault goes on */
export type VaultChanges = <T>(vaultId: string, change: () => T) => Promise<T>;

export function openVaultChanges(): VaultChanges {
  const changing = new Set<string>();
  return async (vaultId, change) => {
    const vault = vaultId.toLowerCase();
    if (changing.has(vault))
      throw refuse(
        "ConflictError",
        `A conflict occurred that prevented the operation from completing. The operation failed because the Key Vault '${vaultId.split("/").at(-1)}' changed from the point the operation began. ` +
          "To prevent this error, serialize the operations so that only one operation is performed on the Key Vault at a time.",
      );
    changing.add(vault);
    try {
      const changed = change();
      await sleep(milliseconds);
      return changed;
    } finally {
      changing.delete(vault);
    }
  };
}
