/** Who has which role where: the stored role assignments and the deployer's own. */
import type { Directory } from "../../contracts/identity";
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";

export interface Assignment {
  principalId: string;
  roleDefinitionId: string;
  /** ARM id of the scope; roles hold there and below. */
  scope: string;
}

const ownerRole = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
/** Name of the assignment that makes the deployer the subscription's owner; it cannot be changed. */
const deployerAssignment = "00000000-0000-4000-8000-000000000001";

/** The deployer owns the subscription, as whoever opens a subscription at Azure does. */
export function deployerOwnership({ deployer, subscriptionId }: Directory): Resource {
  const scope = `/subscriptions/${subscriptionId}`;
  return {
    id: `${scope}/providers/${resourceTypes.roleAssignment}/${deployerAssignment}`,
    name: deployerAssignment,
    type: resourceTypes.roleAssignment,
    properties: {
      roleDefinitionId: roleDefinitionId(subscriptionId, ownerRole),
      principalId: deployer.objectId,
      principalType: "ServicePrincipal",
      scope,
    },
  };
}

/** ARM id of a role definition, as Azure writes it in answers. */
export const roleDefinitionId = (subscriptionId: string, guid: string): string =>
  `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;

export const assignmentOf = ({ properties }: Resource): Assignment => ({
  principalId: String(properties.principalId),
  roleDefinitionId: String(properties.roleDefinitionId),
  scope: String(properties.scope),
});

/** All role assignments, the deployer's first. */
export const assignmentResources = (resources: ResourceStore, directory: Directory): Resource[] => [
  deployerOwnership(directory),
  ...resources.list({ type: resourceTypes.roleAssignment }),
];

/** Whether `inner` is the scope itself or something below it. */
export function covers(scope: string, inner: string): boolean {
  const outer = scope.toLowerCase().replace(/\/+$/, "");
  const target = inner.toLowerCase().replace(/\/+$/, "");
  return target === outer || target.startsWith(`${outer}/`);
}
