/** Where the real azure-native departs from plain ARM requests, beside access policies. */
import type { ArmClient } from "./armClient";

const secretsApiVersion = "7.4";

/** ARM cannot delete a secret, so this goes to the vault itself, and needs the right to delete secrets there. */
export async function deleteVaultSecret(
  client: ArmClient,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  const [, vault, secret] = /\/vaults\/([^/]+)\/secrets\/([^/]+)$/i.exec(id) ?? [];
  await client.delete(
    `https://${vault}.vault.azure.net/secrets/${secret}`,
    { apiVersion: secretsApiVersion, signal },
    "https://vault.azure.net/.default",
  );
}
