import type { TokenCredential } from "@azure/identity";

/**
 * The credential of the way that azure-native signs in.
 * @throws Error that names what is missing or not served
 */
export function credential(
  environment?: Readonly<Record<string, string | undefined>>,
): TokenCredential;
