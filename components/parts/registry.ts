/** A container registry in a resource group of its own. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

export interface RegistryArgs {
  /** 5 to 50 letters and digits, global to Azure. The resource group is called the same with `-rg`. */
  registryName: pulumi.Input<string>;
  location: pulumi.Input<string>;
}

/**
 * A Premium registry, which tokens and scope maps need, without the admin user, who could do everything. Its images
 * last, so it has its own resource group: deleting another one cannot take them along.
 */
export class Registry extends pulumi.ComponentResource {
  public readonly registryName: pulumi.Output<string>;
  public readonly registryId: pulumi.Output<string>;
  public readonly resourceGroupName: pulumi.Output<string>;
  /** `NAME.azurecr.io` */
  public readonly loginServer: pulumi.Output<string>;
  public readonly location: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:Registry", name, {}, opts);

    const group = new resources.ResourceGroup(
      `${name}-rg`,
      {
        resourceGroupName: pulumi.interpolate`${args.registryName}-rg`,
        location: args.location,
      },
      { parent: this },
    );
    const registry = new containerregistry.Registry(
      name,
      {
        registryName: args.registryName,
        resourceGroupName: group.name,
        location: args.location,
        sku: { name: containerregistry.SkuName.Premium },
        adminUserEnabled: false,
      },
      { parent: this },
    );

    this.registryName = registry.name;
    this.registryId = registry.id;
    this.resourceGroupName = group.name;
    this.loginServer = registry.loginServer;
    this.location = registry.location;
    this.registerOutputs({
      registryName: this.registryName,
      registryId: this.registryId,
      resourceGroupName: this.resourceGroupName,
      loginServer: this.loginServer,
      location: this.location,
    });
  }
}
