/** A container registry in a resource group of its own. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { reportTo } from "./auditLog";
import { lasting } from "./lookUp";
import type { Platform, RegistryOptions } from "./platform";

export interface RegistryArgs {
  /** 5 to 50 letters and digits, global to Azure. The resource group is called the same with `-rg`. */
  registryName: pulumi.Input<string>;
  platform: Pick<Platform, "location" | "registries">;
}

/**
 * A registry that everybody can reach. Nobody pulls without a login, and there is no admin user, who could do everything. Its images last, so it has its own resource group: deleting another one cannot take them along.
 */
export class Registry extends pulumi.ComponentResource {
  public readonly registryName: pulumi.Output<string>;
  public readonly registryId: pulumi.Output<string>;
  public readonly resourceGroupName: pulumi.Output<string>;
  /** `NAME.azurecr.io` */
  public readonly loginServer: pulumi.Output<string>;
  public readonly location: pulumi.Output<string>;
  /** Another one when the registry was made anew, under the same name too: what was in it is gone. */
  public readonly creationDate: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("gated-imports:index:Registry", name, {}, opts);
    const { location, registries: options } = args.platform;

    const group = new resources.ResourceGroup(
      `${name}-rg`,
      { resourceGroupName: pulumi.interpolate`${args.registryName}-rg`, location },
      { parent: this },
    );
    const registry = new containerregistry.Registry(
      name,
      {
        registryName: args.registryName,
        resourceGroupName: group.name,
        location,
        sku: { name: options.tier ?? "Premium" },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        policies: keepingPolicies(options),
        // Tasks and container instances come over the public address.
        publicNetworkAccess: containerregistry.PublicNetworkAccess.Enabled,
      },
      { parent: this },
    );
    if (options.logAnalyticsWorkspace)
      reportTo(options.logAnalyticsWorkspace, `${name}-log`, registry, { parent: this });

    this.registryName = registry.name;
    this.registryId = registry.id;
    this.resourceGroupName = group.name;
    // What Azure would say too, and a preview knows it.
    this.loginServer = pulumi.interpolate`${registry.name}.azurecr.io`;
    this.location = registry.location;
    this.creationDate = lasting(
      registry.creationDate,
      pulumi.output({ registryName: args.registryName, resourceGroupName: group.name }),
      async (place) => (await containerregistry.getRegistry(place, { parent: this })).creationDate,
    );
    this.registerOutputs({
      registryName: this.registryName,
      registryId: this.registryId,
      resourceGroupName: this.resourceGroupName,
      loginServer: this.loginServer,
      location: this.location,
      creationDate: this.creationDate,
    });
  }
}

/** What becomes of images that were deleted, or that lost their last tag: Azure has one or the other. */
export function keepingPolicies({
  tier = "Premium",
  softDeleteDays,
  retentionDays,
}: Pick<
  RegistryOptions,
  "tier" | "softDeleteDays" | "retentionDays"
>): input.containerregistry.PoliciesArgs {
  const { Enabled, Disabled } = containerregistry.PolicyStatus;
  if (retentionDays !== undefined)
    return {
      softDeletePolicy: { status: Disabled },
      retentionPolicy: { status: Enabled, days: retentionDays },
    };
  return {
    softDeletePolicy: { status: Enabled, retentionDays: softDeleteDays ?? 7 },
    // A cheaper tier has no such policy that could be off.
    ...(tier === "Premium" ? { retentionPolicy: { status: Disabled } } : {}),
  };
}
