/** Where the real azure-native departs from plain ARM requests, beside access policies. */
import { setTimeout as sleep } from "node:timers/promises";
import { ArmError } from "./armAnswers";
import type { ArmClient } from "./armClient";

const principalTries = 10;
const principalPauseMilliseconds = 2000;
const secretsApiVersion = "7.4";

/** A new identity takes a while to spread through the directory: asks again as long as it is not found. */
export async function untilPrincipalIsKnown<T>(
  request: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await request();
    } catch (error) {
      const wait =
        error instanceof ArmError && error.code === "PrincipalNotFound" && tries < principalTries;
      if (!wait) throw error;
      await sleep(principalPauseMilliseconds, undefined, { signal });
    }
  }
}

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
