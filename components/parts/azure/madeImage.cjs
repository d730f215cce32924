/** Whether a registry has the image that a run was to make. */
const {
  ContainerRegistryClient,
  KnownContainerRegistryAudience,
} = require("@azure/container-registry");
const { credential } = require("./signIn.cjs");

/** Azure's clocks need not agree to the second. */
const skewInMilliseconds = 60_000;

/**
 * @param {{ registry: string }} where
 * @param {{ image: string, digest?: string, since?: Date }} wanted `REPOSITORY` or `REPOSITORY:TAG`; where the tag must be;
 *   and since when the repository must have got an image. A tag may have been at the right image before.
 * @returns {Promise<string | undefined>} what is missing, in words
 */
async function missingImage({ registry }, { image, digest, since }) {
  const server = `${registry}.azurecr.io`;
  const client = new ContainerRegistryClient(`https://${server}`, credential(), {
    audience: KnownContainerRegistryAudience.AzureResourceManagerPublicCloud,
  });
  const [repository, tag] = image.split(":");
  try {
    if (tag === undefined) {
      const { lastUpdatedOn } = await client.getRepository(repository).getProperties();
      if (since && lastUpdatedOn.getTime() < since.getTime() - skewInMilliseconds)
        return `pushed nothing to ${server}/${image}`;
    } else {
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
