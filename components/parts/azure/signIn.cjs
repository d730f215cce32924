/** What the scripts share: they sign in as azure-native does, and print their result alone. */
const { credential } = require("./credential.cjs");

const idPattern =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ContainerRegistry\/registries\/([^/]+)\/(?:tokens|tasks|taskRuns)\/([^/]+)$/i;

/** Takes the ARM id of something in a registry apart, and opens a client for its subscription. */
function openRegistry(id) {
  const [, subscription, group, registry, name] = idPattern.exec(id ?? "") ?? [];
  if (!name) throw new Error(`${JSON.stringify(id)} is not the id of something in a registry`);
  // Loaded here, as not every script needs it and it takes a third of the time that they have.
  const { ContainerRegistryManagementClient } = require("@azure/arm-containerregistry");
  const client = new ContainerRegistryManagementClient(credential(), subscription);
  return { client, group, registry, name };
}

/**
 * Prints what `work` gives, and nothing else, to stdout.
 * @param failure what did not work, as the error's beginning
 */
function print(work, failure) {
  work().then(
    (result) => process.stdout.write(typeof result === "string" ? result : JSON.stringify(result)),
    (error) => {
      // The message alone: the error object carries the request, and the request the bearer token.
      console.error(`${failure}: ${error.message}`);
      process.exitCode = 1;
    },
  );
}

module.exports = { credential, openRegistry, print };
