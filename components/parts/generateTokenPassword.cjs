/**
 * Generates password1 of the registry token whose ARM id is in TOKEN_ID and prints it, and nothing else, to stdout.
 * Signs in as azure-native does where it can: as the service principal in ARM_CLIENT_ID, ARM_CLIENT_SECRET and
 * ARM_TENANT_ID, else by whatever DefaultAzureCredential finds, such as `az login`.
 */
const { ContainerRegistryManagementClient } = require("@azure/arm-containerregistry");
const { ClientSecretCredential, DefaultAzureCredential } = require("@azure/identity");

const tokenIdPattern =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ContainerRegistry\/registries\/([^/]+)\/tokens\/[^/]+$/i;

function credential({ ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET }) {
  return ARM_TENANT_ID && ARM_CLIENT_ID && ARM_CLIENT_SECRET
    ? new ClientSecretCredential(ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET)
    : new DefaultAzureCredential();
}

async function generate(tokenId) {
  const [, subscription, group, registry] = tokenIdPattern.exec(tokenId) ?? [];
  if (!registry) throw new Error(`TOKEN_ID is ${JSON.stringify(tokenId)}, not the id of a token`);
  const client = new ContainerRegistryManagementClient(credential(process.env), subscription);
  const { passwords = [] } = await client.registries.beginGenerateCredentialsAndWait(
    group,
    registry,
    { tokenId, name: "password1" },
    { updateIntervalInMs: 1000 },
  );
  const value = passwords.find(({ name }) => name === "password1")?.value;
  if (!value) throw new Error(`the registry gave no password1 for ${tokenId}`);
  return value;
}

generate(process.env.TOKEN_ID ?? "").then(
  (password) => process.stdout.write(password),
  (error) => {
    // The message alone: the error object carries the request, and the request the bearer token.
    console.error(`No password for the registry token: ${error.message}`);
    process.exitCode = 1;
  },
);
