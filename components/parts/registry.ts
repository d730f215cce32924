/** A container registry in a resource group of its own. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as resources from "@pulumi/azure-native/resources";
import type { input } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { reportTo } from "./auditLog";
import type { Platform, RegistryOptions } from "./platform";
import { privateEndpoint } from "./privateEndpoint";

export interface RegistryArgs {
  /** 5 to 50 letters and digits, global to Azure. The resource group is called the same with `-rg`. */
  registryName: pulumi.Input<string>;
  platform: Pick<Platform, "location" | "registries">;
}

/**
 * A Premium registry, which tokens and scope maps need. Nobody pulls without a login, and there is no admin user, who
 * could do everything. Its images last, so it has its own resource group: deleting another one cannot take them along.
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
        sku: { name: containerregistry.SkuName.Premium },
        adminUserEnabled: false,
        anonymousPullEnabled: false,
        policies: keepingPolicies(options),
        zoneRedundancy: options.zoneRedundant
          ? containerregistry.ZoneRedundancy.Enabled
          : containerregistry.ZoneRedundancy.Disabled,
        ...networkRules(options),
      },
      { parent: this },
    );
    if (options.privateEndpointSubnet)
      privateEndpoint(
        `${name}-endpoint`,
        { registry, group, subnetId: options.privateEndpointSubnet },
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
    this.registerOutputs({
      registryName: this.registryName,
      registryId: this.registryId,
      resourceGroupName: this.resourceGroupName,
      loginServer: this.loginServer,
      location: this.location,
    });
  }
}

/** What becomes of images that were deleted, or that lost their last tag: Azure has one or the other. */
export function keepingPolicies({
  softDeleteDays,
  retentionDays,
}: Pick<
  RegistryOptions,
  "softDeleteDays" | "retentionDays"
>): input.containerregistry.PoliciesArgs {
  const { Enabled, Disabled } = containerregistry.PolicyStatus;
  return retentionDays === undefined
    ? {
        softDeletePolicy: { status: Enabled, retentionDays: softDeleteDays ?? 7 },
        retentionPolicy: { status: Disabled },
      }
    : {
        softDeletePolicy: { status: Disabled },
        retentionPolicy: { status: Enabled, days: retentionDays },
      };
}

/** Who reaches the registry. Azure's own services, ACR Tasks among them, always may ask. */
export function networkRules({
  allowedIpRanges,
  privateEndpointSubnet,
}: Pick<RegistryOptions, "allowedIpRanges" | "privateEndpointSubnet">): Pick<
  containerregistry.RegistryArgs,
  "publicNetworkAccess" | "networkRuleBypassOptions" | "networkRuleSet"
> {
  const { Enabled, Disabled } = containerregistry.PublicNetworkAccess;
  const bypass = {
    networkRuleBypassOptions: containerregistry.NetworkRuleBypassOptions.AzureServices,
  };
  if (allowedIpRanges.length === 0)
    return { publicNetworkAccess: privateEndpointSubnet ? Disabled : Enabled, ...bypass };
  return {
    publicNetworkAccess: Enabled,
    ...bypass,
    networkRuleSet: {
      defaultAction: containerregistry.DefaultAction.Deny,
      ipRules: allowedIpRanges.map((iPAddressOrRange) => ({
        action: containerregistry.Action.Allow,
        iPAddressOrRange,
      })),
    },
  };
}
