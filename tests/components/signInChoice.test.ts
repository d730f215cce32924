// Does not prove that Entra ID takes what is chosen: tests/local/identity/signInWays.test.ts asks the local one.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { chooseSignIn } from "../../components/parts/azure/signInChoice.cjs";
import { azureScripts } from "../../components/parts/azureScripts";
import { signInEnvironment, signInVariables } from "../../components/parts/signInVariables";
import { valueOf } from "./declare";

const principal = { ARM_TENANT_ID: "tenant", ARM_CLIENT_ID: "client" };
const chosen = { tenantId: "tenant", clientId: "client", options: {} };
const request = { requestToken: "request", requestUrl: "https://ids.example/?a=b" };
const audience = "api://AzureADTokenExchange";

const ways: [way: string, variables: Record<string, string>, choice: unknown][] = [
  ["az, where nothing is said", {}, { kind: "az", options: {} }],
  [
    "az in the tenant and subscription that are named",
    { ARM_TENANT_ID: "tenant", ARM_SUBSCRIPTION_ID: "subscription", ARM_CLIENT_ID: "unused" },
    { kind: "az", tenantId: "tenant", subscription: "subscription", options: {} },
  ],
  [
    "a service principal's secret",
    { ...principal, ARM_CLIENT_SECRET: "secret" },
    { kind: "secret", ...chosen, clientSecret: "secret" },
  ],
  [
    "a certificate, also beside a secret",
    { ...principal, ARM_CLIENT_CERTIFICATE_PATH: "/c.pfx", ARM_CLIENT_SECRET: "secret" },
    { kind: "certificate", ...chosen, certificatePath: "/c.pfx" },
  ],
  [
    "a certificate with a password",
    { ...principal, ARM_CLIENT_CERTIFICATE_PATH: "/c", ARM_CLIENT_CERTIFICATE_PASSWORD: "open" },
    { kind: "certificate", ...chosen, certificatePath: "/c", password: "open" },
  ],
  [
    "a secret, also beside OIDC",
    { ...principal, ARM_CLIENT_SECRET: "s", ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" },
    { kind: "secret", ...chosen, clientSecret: "s" },
  ],
  [
    "OIDC with a token, also beside a managed identity",
    { ...principal, ARM_USE_OIDC: "true", ARM_USE_MSI: "true", ARM_OIDC_TOKEN: "token" },
    { kind: "oidc", ...chosen, assertion: { token: "token" } },
  ],
  [
    "OIDC with a token in a file",
    { ...principal, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN_FILE_PATH: "/token" },
    { kind: "oidc", ...chosen, assertion: { path: "/token" } },
  ],
  [
    "OIDC in a GitHub workflow",
    {
      ...principal,
      ARM_USE_OIDC: "true",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: request.requestToken,
      ACTIONS_ID_TOKEN_REQUEST_URL: request.requestUrl,
    },
    { kind: "oidc", ...chosen, assertion: { ...request, audience } },
  ],
  [
    "OIDC at an address and for an audience of one's own",
    {
      ...principal,
      ARM_USE_OIDC: "true",
      ARM_OIDC_REQUEST_TOKEN: request.requestToken,
      ARM_OIDC_REQUEST_URL: request.requestUrl,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "other",
      ARM_OIDC_AUDIENCE: "mine",
    },
    { kind: "oidc", ...chosen, assertion: { ...request, audience: "mine" } },
  ],
  [
    "the machine's managed identity",
    { ARM_USE_MSI: "true", ARM_TENANT_ID: "tenant" },
    { kind: "managedIdentity", options: {} },
  ],
  [
    "a managed identity by its client id",
    { ...principal, ARM_USE_MSI: "true" },
    { kind: "managedIdentity", clientId: "client", options: {} },
  ],
  [
    "the SDK's default, before all others",
    { ...principal, ARM_USE_DEFAULT_AZURE_CREDENTIAL: "true", ARM_CLIENT_SECRET: "secret" },
    { kind: "default", tenantId: "tenant", options: {} },
  ],
  [
    "az where the other ways are switched off by name",
    { ARM_USE_MSI: "false", ARM_USE_OIDC: "false", ARM_ENVIRONMENT: "public" },
    { kind: "az", options: {} },
  ],
  [
    "a secret with other tenants and without discovery",
    {
      ...principal,
      ARM_CLIENT_SECRET: "secret",
      ARM_AUXILIARY_TENANT_IDS: '["other"]',
      ARM_DISABLE_INSTANCE_DISCOVERY: "true",
    },
    {
      kind: "secret",
      ...chosen,
      clientSecret: "secret",
      options: { additionallyAllowedTenants: ["other"], disableInstanceDiscovery: true },
    },
  ],
];

const notServed =
  ", only Azure's public one; set azure-native:environment or ARM_ENVIRONMENT to public, and no address of a cloud";

const refusals: [what: string, variables: Record<string, string>, message: string][] = [
  [
    "a secret of nobody's",
    { ARM_TENANT_ID: "tenant", ARM_CLIENT_SECRET: "secret" },
    "A client secret needs ARM_CLIENT_ID (azure-native:clientId); set it",
  ],
  [
    "a certificate without a tenant",
    { ARM_CLIENT_ID: "client", ARM_CLIENT_CERTIFICATE_PATH: "/c" },
    "A client certificate needs ARM_TENANT_ID (azure-native:tenantId); set it",
  ],
  [
    "OIDC without a token",
    { ...principal, ARM_USE_OIDC: "true", ACTIONS_ID_TOKEN_REQUEST_URL: "https://ids.example" },
    "OIDC needs a token: set ARM_OIDC_TOKEN, ARM_OIDC_TOKEN_FILE_PATH, or ARM_OIDC_REQUEST_TOKEN and ARM_OIDC_REQUEST_URL; in a GitHub workflow give the job the permission id-token: write",
  ],
  [
    "another cloud",
    { ARM_ENVIRONMENT: "usgovernment" },
    `The cloud usgovernment is not served${notServed}`,
  ],
  [
    "another cloud of the SDK's variable",
    { AZURE_ENVIRONMENT: "AzureChinaCloud" },
    `The cloud AzureChinaCloud is not served${notServed}`,
  ],
  [
    "a cloud of one's own",
    { ARM_METADATA_HOSTNAME: "stack.example" },
    `The cloud with stack.example is not served${notServed}`,
  ],
  [
    "other tenants as text",
    { ARM_AUXILIARY_TENANT_IDS: "other" },
    'ARM_AUXILIARY_TENANT_IDS (azure-native:auxiliaryTenantIds) must be a JSON list such as ["ID"]',
  ],
];

describe("the scripts' sign-in", () => {
  for (const [way, variables, choice] of ways)
    it(`is azure-native's: ${way}`, () => {
      assert.deepEqual(chooseSignIn(variables), choice);
    });

  for (const [what, variables, message] of refusals)
    it(`tells what is wrong with ${what}`, () => {
      assert.throws(() => chooseSignIn(variables), { message });
    });
});

describe("signInEnvironment", () => {
  it("says with variables what a configuration says, and nothing where that says nothing", () => {
    const found = signInEnvironment({
      clientId: "client",
      useOidc: "true",
      tenantId: "",
      location: "x",
    });
    assert.deepEqual(found, { ARM_CLIENT_ID: "client", ARM_USE_OIDC: "true" });
  });
});

describe("azureScripts", () => {
  const configured = (config: Record<string, string>) => {
    const keyed = Object.entries(config).map(([key, value]) => [`azure-native:${key}`, value]);
    pulumi.runtime.setAllConfig(Object.fromEntries(keyed));
    return azureScripts({ MINE: "mine" }).environment;
  };
  afterEach(() => pulumi.runtime.setAllConfig({}));

  it("adds nothing where the stack does not say how to sign in, so that no preview shows a change", () => {
    assert.deepEqual(configured({ location: "eastus", clientId: "" }), { MINE: "mine" });
  });

  it("hands every key on that says how to sign in, each as a secret", async () => {
    const values = Object.fromEntries(
      Object.keys(signInVariables).map((key) => [key, `/the/${key}`]),
    );
    const { MINE, ...others } = configured(values);
    assert.equal(MINE, "mine");
    const found = await Promise.all(
      Object.entries(others).map(async ([variable, value]) => {
        assert.ok(await pulumi.isSecret(value as pulumi.Output<string>), variable);
        return [variable, await valueOf(value)];
      }),
    );
    assert.deepEqual(
      Object.fromEntries(found),
      Object.fromEntries(
        Object.entries(signInVariables).map(([key, variable]) => [variable, `/the/${key}`]),
      ),
    );
  });

  it("tells a file's place from the scripts' folder, as Pulumi's plugins start elsewhere", async () => {
    const environment = configured({ clientCertificatePath: "logins/deployer.pfx" });
    assert.equal(
      await valueOf(environment["ARM_CLIENT_CERTIFICATE_PATH"]),
      "../../../logins/deployer.pfx",
    );
  });
});
