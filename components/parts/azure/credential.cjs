/** Azure SDK credentials for each way to sign in. */
const { execFile } = require("node:child_process");
const { readFile } = require("node:fs/promises");
const { promisify } = require("node:util");
const {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} = require("@azure/core-rest-pipeline");
const {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  ManagedIdentityCredential,
} = require("@azure/identity");
const { chooseSignIn } = require("./signInChoice.cjs");

/**
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {import("@azure/identity").TokenCredential}
 * @throws {Error} that names what is missing or not served
 */
function credential(environment = process.env) {
  const choice = chooseSignIn(environment);
  const { options } = choice;
  switch (choice.kind) {
    case "default":
      return new DefaultAzureCredential({ tenantId: choice.tenantId, ...options });
    case "certificate":
      return certificateCredential(choice);
    case "secret": {
      const { tenantId, clientId, clientSecret } = choice;
      return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
    }
    case "oidc": {
      const { tenantId, clientId, assertion } = choice;
      const { disableInstanceDiscovery } = options;
      return new ClientAssertionCredential(tenantId, clientId, () => assertionOf(assertion), {
        disableInstanceDiscovery,
      });
    }
    case "managedIdentity":
      return choice.clientId
        ? new ManagedIdentityCredential({ clientId: choice.clientId })
        : new ManagedIdentityCredential();
    case "az": {
      const { tenantId, subscription } = choice;
      const { additionallyAllowedTenants } = options;
      return new AzureCliCredential({ tenantId, subscription, additionallyAllowedTenants });
    }
  }
}

/**
 * The file is read when the first token is asked for. azure-native takes PKCS #12 (.pfx) beside PEM, the SDK PEM alone.
 * @param {Extract<import("./signInChoice.cjs").SignInChoice, { kind: "certificate" }>} choice
 */
function certificateCredential({ tenantId, clientId, certificatePath, password, options }) {
  /** @type {Promise<ClientCertificateCredential> | undefined} */
  let opened;
  const open = async () => {
    const content = await readNamed("ARM_CLIENT_CERTIFICATE_PATH", certificatePath);
    const isPem = content.includes("-----BEGIN ");
    const certificate = isPem
      ? content.toString("utf8")
      : await pemOf(certificatePath, password ?? "");
    const configuration = { certificate, ...(isPem ? { certificatePassword: password } : {}) };
    return new ClientCertificateCredential(tenantId, clientId, configuration, options);
  };
  return {
    /** @type {import("@azure/identity").TokenCredential["getToken"]} */
    getToken: async (scopes, tokenOptions) =>
      (await (opened ??= open())).getToken(scopes, tokenOptions),
  };
}

/**
 * Key and certificates of a PKCS #12 file, by openssl: Node.js opens such a file for TLS but does not hand out the key.
 * @param {string} path
 * @param {string} password
 */
async function pemOf(path, password) {
  const run = promisify(execFile);
  const options = { env: { ...process.env, PKCS12_PASSWORD: password } };
  const words = ["pkcs12", "-in", path, "-nodes", "-passin", "env:PKCS12_PASSWORD"];
  try {
    // Windows still writes files with ciphers that openssl 3 has put among its legacy ones.
    return (
      await run("openssl", words, options).catch(() =>
        run("openssl", [...words, "-legacy"], options),
      )
    ).stdout;
  } catch (error) {
    const missing = /** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT";
    throw new Error(
      missing
        ? `openssl is needed to open the certificate ${path}; install it, or give a PEM file`
        : `openssl cannot open the certificate ${path}: it is neither PEM nor a .pfx file of the password in ARM_CLIENT_CERTIFICATE_PASSWORD (azure-native:clientCertificatePassword)`,
      { cause: error },
    );
  }
}

/**
 * @param {string} variable
 * @param {string} path
 */
async function readNamed(variable, path) {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Error(
      `${variable} names ${path}, which cannot be read (${code}); give an absolute path`,
      { cause: error },
    );
  }
}

/** @param {import("./signInChoice.cjs").AssertionSource} source */
async function assertionOf(source) {
  if ("token" in source) return source.token;
  if ("path" in source)
    return (await readNamed("ARM_OIDC_TOKEN_FILE_PATH", source.path)).toString("utf8").trim();
  const url = new URL(source.requestUrl);
  url.searchParams.set("audience", source.audience);
  const request = createPipelineRequest({
    url: url.href,
    allowInsecureConnection: url.protocol === "http:",
  });
  request.headers.set("accept", "application/json");
  request.headers.set("authorization", `Bearer ${source.requestToken}`);
  const { status, bodyAsText } = await createPipelineFromOptions({}).sendRequest(
    createDefaultHttpClient(),
    request,
  );
  if (status !== 200)
    throw new Error(
      `${url.host} gave no id token, it answered ${status}; check ARM_OIDC_REQUEST_TOKEN`,
    );
  return JSON.parse(bodyAsText ?? "").value;
}

module.exports = { credential };
