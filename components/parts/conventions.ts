/** What holds for resources all over a stack, as transformations that children inherit. */
import type * as pulumi from "@pulumi/pulumi";

/** The types of this program that take tags. */
const taggable = new Set([
  "azure-native:resources:ResourceGroup",
  "azure-native:containerregistry:Registry",
  "azure-native:containerregistry:Task",
  "azure-native:containerinstance:ContainerGroup",
  "azure-native:keyvault:Vault",
  "azure-native:keyvault:Secret",
  "azure-native:network:PrivateEndpoint",
]);

/** What cannot be made again as it was: images, and secrets. */
const durable = new Set(["azure-native:containerregistry:Registry", "azure-native:keyvault:Vault"]);

/**
 * @param tags go on all that takes tags; a resource's own win
 * @param protect whether Pulumi refuses to delete registries and vaults
 */
export function conventions({
  tags,
  protect,
}: {
  tags: Record<string, string>;
  protect: boolean;
}): Pick<pulumi.ComponentResourceOptions, "transformations"> {
  return {
    transformations: [
      ({ type, props, opts }) => ({
        props:
          taggable.has(type) && Object.keys(tags).length > 0
            ? { ...props, tags: { ...tags, ...props["tags"] } }
            : props,
        opts: protect && durable.has(type) ? { ...opts, protect } : opts,
      }),
    ],
  };
}
