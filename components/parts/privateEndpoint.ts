/** The private way to a registry. */
import type * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as network from "@pulumi/azure-native/network";
import type * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";

/**
 * An endpoint for a registry in a subnet. Its names are not resolved here: the zone `privatelink.azurecr.io` is one for
 * a whole network, so it belongs to whoever has the network.
 */
export function privateEndpoint(
  name: string,
  args: {
    registry: containerregistry.Registry;
    group: resources.ResourceGroup;
    subnetId: pulumi.Input<string>;
  },
  opts: pulumi.CustomResourceOptions,
): network.PrivateEndpoint {
  const { registry, group, subnetId } = args;
  const privateEndpointName = pulumi.interpolate`${registry.name}-endpoint`;
  return new network.PrivateEndpoint(
    name,
    {
      privateEndpointName,
      resourceGroupName: group.name,
      location: registry.location,
      subnet: { id: subnetId },
      privateLinkServiceConnections: [
        {
          name: privateEndpointName,
          privateLinkServiceId: registry.id,
          groupIds: ["registry"],
        },
      ],
    },
    opts,
  );
}
