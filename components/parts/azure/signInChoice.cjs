/**
 * Which way to sign in to Azure: the one that azure-native takes, in its order. From the ARM_* variables alone;
 * `azureScripts` turns `azure-native:*` configuration into them.
 */

/** Names that azure-native takes for the public cloud; all others have other addresses. */
const publicCloud = new Set(["", "public", "azurecloud", "azurepubliccloud"]);
/** Variables that describe a cloud of one's own. */
const cloudVariables = [
  "ARM_METADATA_HOSTNAME",
  "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST",
  "ARM_RESOURCE_MANAGER_AUDIENCE",
  "ARM_RESOURCE_MANAGER_ENDPOINT",
];

/** What azure-native asks for where nothing else is said, as GitHub's guide to Azure has it. */
const defaultAudience = "api://AzureADTokenExchange";

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {import("./signInChoice.cjs").SignInChoice}
 * @throws {Error} that names what is missing or not served
 */
function chooseSignIn(environment) {
  const value = (/** @type {string[]} */ ...names) =>
    names.map((name) => environment[name]).find(Boolean);
  const isOn = (/** @type {string} */ name) => environment[name] === "true";
  refuseOtherClouds(value("ARM_ENVIRONMENT", "AZURE_ENVIRONMENT") ?? "", value(...cloudVariables));

  const tenantId = value("ARM_TENANT_ID");
  const clientId = value("ARM_CLIENT_ID");
  const options = {
    ...(isOn("ARM_DISABLE_INSTANCE_DISCOVERY") ? { disableInstanceDiscovery: true } : {}),
    ...auxiliaryTenants(value("ARM_AUXILIARY_TENANT_IDS")),
  };
  const principal = (/** @type {string} */ way) => {
    if (tenantId && clientId) return { tenantId, clientId };
    const missing = tenantId
      ? "ARM_CLIENT_ID (azure-native:clientId)"
      : "ARM_TENANT_ID (azure-native:tenantId)";
    throw new Error(`${way} needs ${missing}; set it`);
  };

  if (isOn("ARM_USE_DEFAULT_AZURE_CREDENTIAL"))
    return { kind: "default", ...(tenantId ? { tenantId } : {}), options };

  const certificatePath = value("ARM_CLIENT_CERTIFICATE_PATH");
  if (certificatePath) {
    const password = value("ARM_CLIENT_CERTIFICATE_PASSWORD");
    const found = { certificatePath, ...(password ? { password } : {}) };
    return { kind: "certificate", ...principal("A client certificate"), ...found, options };
  }
  const clientSecret = value("ARM_CLIENT_SECRET");
  if (clientSecret)
    return { kind: "secret", ...principal("A client secret"), clientSecret, options };

  if (isOn("ARM_USE_OIDC"))
    return { kind: "oidc", ...principal("OIDC"), assertion: assertionSource(value), options };

  if (isOn("ARM_USE_MSI"))
    return { kind: "managedIdentity", ...(clientId ? { clientId } : {}), options: {} };

  const subscription = value("ARM_SUBSCRIPTION_ID");
  return {
    kind: "az",
    ...(tenantId ? { tenantId } : {}),
    ...(subscription ? { subscription } : {}),
    options,
  };
}

/**
 * @param {string} cloud
 * @param {string | undefined} ownCloud
 */
function refuseOtherClouds(cloud, ownCloud) {
  if (publicCloud.has(cloud.toLowerCase()) && ownCloud === undefined) return;
  const name = ownCloud === undefined ? cloud : `with ${ownCloud}`;
  throw new Error(
    `The cloud ${name} is not served, only Azure's public one; set azure-native:environment or ARM_ENVIRONMENT to public, and no address of a cloud`,
  );
}

/** @param {string | undefined} list JSON */
function auxiliaryTenants(list) {
  if (list === undefined) return {};
  try {
    const tenants = JSON.parse(list);
    if (Array.isArray(tenants) && tenants.every((one) => typeof one === "string"))
      return { additionallyAllowedTenants: tenants };
  } catch {
    // The same fault as a list of something else.
  }
  throw new Error(
    'ARM_AUXILIARY_TENANT_IDS (azure-native:auxiliaryTenantIds) must be a JSON list such as ["ID"]',
  );
}

/**
 * @param {(...names: string[]) => string | undefined} value
 * @returns {import("./signInChoice.cjs").AssertionSource}
 */
function assertionSource(value) {
  const token = value("ARM_OIDC_TOKEN");
  if (token) return { token };
  const path = value("ARM_OIDC_TOKEN_FILE_PATH");
  if (path) return { path };
  // GitHub sets the second of each in a workflow that may ask for an id token.
  const requestToken = value("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  const requestUrl = value("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL");
  if (requestToken && requestUrl)
    return { requestToken, requestUrl, audience: value("ARM_OIDC_AUDIENCE") ?? defaultAudience };
  throw new Error(
    "OIDC needs a token: set ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or ARM_OIDC_REQUEST_TOKEN and ARM_OIDC_REQUEST_URL; in a GitHub workflow give the job the permission id-token: write",
  );
}

module.exports = { chooseSignIn };
