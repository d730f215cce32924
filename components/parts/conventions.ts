/** What holds for resources all over a stack, as transformations that children inherit. */
import type * as pulumi from "@pulumi/pulumi";

/** The types of this program that take tags; secrets, which scripts write, have them from their vault. */
const taggable = new Set([
  "azure-native:resources:ResourceGroup",
  "azure-native:containerregistry:Registry",
  "azure-native:containerregistry:Task",
  "azure-native:containerinstance:ContainerGroup",
  "azure-native:keyvault:Vault",
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
  const tagged: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    taggable.has(type)
      ? { props: { ...props, tags: { ...tags, ...props["tags"] } }, opts }
      : undefined;
  const guarded: pulumi.ResourceTransformation = ({ type, props, opts }) =>
    durable.has(type) ? { props, opts: { ...opts, protect: true } } : undefined;
  return {
    transformations: [
      withoutVersionAliases,
      ...(Object.keys(tags).length > 0 ? [tagged] : []),
      ...(protect ? [guarded] : []),
    ],
  };
}

const versionedType = /^azure-native:\w+\/v\d+(preview)?:/;

/**
 * azure-native gives each resource an alias for every API version that ever had a module of its own, up to 26 of them.
 * No resource of this program was ever made under one, and with fifty apps they are half of the program's memory.
 */
const withoutVersionAliases: pulumi.ResourceTransformation = ({ props, opts }) => {
  const { aliases } = opts;
  if (!Array.isArray(aliases)) return undefined;
  const isVersion = (alias: pulumi.Input<pulumi.URN | pulumi.Alias>): boolean =>
    typeof alias === "object" && "type" in alias && versionedType.test(String(alias.type));
  return { props, opts: { ...opts, aliases: aliases.filter((alias) => !isVersion(alias)) } };
};
