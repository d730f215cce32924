/** The two places where azure-native is told how to sign in: its configuration, which comes first, and variables. */

/** Keys of azure-native's configuration that say how to sign in, and the variables that say the same. */
export const signInVariables: Readonly<Record<string, string>> = {
  auxiliaryTenantIds: "ARM_AUXILIARY_TENANT_IDS",
  clientCertificatePassword: "ARM_CLIENT_CERTIFICATE_PASSWORD",
  clientCertificatePath: "ARM_CLIENT_CERTIFICATE_PATH",
  clientId: "ARM_CLIENT_ID",
  clientSecret: "ARM_CLIENT_SECRET",
  disableInstanceDiscovery: "ARM_DISABLE_INSTANCE_DISCOVERY",
  environment: "ARM_ENVIRONMENT",
  metadataHost: "ARM_METADATA_HOSTNAME",
  oidcAudience: "ARM_OIDC_AUDIENCE",
  oidcRequestToken: "ARM_OIDC_REQUEST_TOKEN",
  oidcRequestUrl: "ARM_OIDC_REQUEST_URL",
  oidcToken: "ARM_OIDC_TOKEN",
  oidcTokenFilePath: "ARM_OIDC_TOKEN_FILE_PATH",
  subscriptionId: "ARM_SUBSCRIPTION_ID",
  tenantId: "ARM_TENANT_ID",
  useDefaultAzureCredential: "ARM_USE_DEFAULT_AZURE_CREDENTIAL",
  useMsi: "ARM_USE_MSI",
  useOidc: "ARM_USE_OIDC",
};

/**
 * The variables of the keys that are set.
 * @param configuration text of each key by its short name, for who reads it without Pulumi
 */
export function signInEnvironment(
  configuration: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(signInVariables).flatMap(([key, variable]) => {
      const value = configuration[key];
      return value ? [[variable, value]] : [];
    }),
  );
}
