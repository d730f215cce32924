/** Whom the provider signs in as. */
import type { Credentials } from "./armClient";

/**
 * From the provider's configuration, else from ARM_* in the environment.
 * @throws Error that names what is missing.
 */
export function readCredentials(
  config: Record<string, string>,
  environment: Record<string, string | undefined>,
): Credentials {
  const missing: string[] = [];
  const setting = (name: keyof Credentials, variable: string): string => {
    const value = config[name] ?? environment[variable];
    if (!value) missing.push(`azure-native:${name} or ${variable}`);
    return value ?? "";
  };
  const credentials = {
    clientId: setting("clientId", "ARM_CLIENT_ID"),
    clientSecret: setting("clientSecret", "ARM_CLIENT_SECRET"),
    tenantId: setting("tenantId", "ARM_TENANT_ID"),
    subscriptionId: setting("subscriptionId", "ARM_SUBSCRIPTION_ID"),
  };
  if (missing.length > 0)
    throw new Error(`azure-native cannot sign in: set ${missing.join(", and ")}`);
  return credentials;
}
