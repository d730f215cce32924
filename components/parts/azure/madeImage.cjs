/** Whether a registry has the image that a run was to make. */
const {
  ContainerRegistryClient,
  KnownContainerRegistryAudience,
} = require("@azure/container-registry");
const { credential } = require("./signIn.cjs");

/**
 * @param {{ registry: string }} where
 * @param {{ image: string, digest?: string }} wanted `REPOSITORY` or `REPOSITORY:TAG`, and where the tag must be
 * @returns {Promise<string | undefined>} what is missing, in words
 */
async function missingImage({ registry }, { image, digest }) {
  const server = `${registry}.azurecr.io`;
  const client = new ContainerRegistryClient(`https://${server}`, credential(), {
    audience: KnownContainerRegistryAudience.AzureResourceManagerPublicCloud,
  });
  const [repository, tag] = image.split(":");
  try {
    if (tag === undefined) await client.getRepository(repository).getProperties();
    else {
      const found = await client.getArtifact(repository, tag).getTagProperties(tag);
      if (digest && found.digest !== digest)
        return `left ${server}/${image} at ${found.digest}, where the settings want ${digest}`;
    }
    return undefined;
  } catch (error) {
    if (error.statusCode === 404) return `made no ${server}/${image}`;
    throw error;
  }
}

module.exports = { missingImage };
