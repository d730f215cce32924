/** Role based access control: answers from the stored role assignments, at the moment of the question. */
import type { Directory, RoleAuthorizer } from "../../contracts/identity";
import type { Resource, ResourceStore } from "../../contracts/resources";
import { assignmentOf, assignmentResources, covers, type Assignment } from "./assignments";
import { allows, findRole } from "./roleDefinitions";

export interface AuthorizerOptions {
  resources: ResourceStore;
  directory: Directory;
  /** Seconds until a new role assignment works; default 0. In Azure it takes minutes. */
  roleDelay?: number | undefined;
  /** Milliseconds since 1970; default the system's clock. */
  now?: () => number;
}

/**
 * Roles are inherited down the scopes: an assignment on a resource group holds for every resource in it.
 * An unknown principal, role or scope allows nothing, nor does an assignment that has not spread yet.
 */
export function createAuthorizer(options: AuthorizerOptions): RoleAuthorizer {
  const { resources, directory, roleDelay = 0, now = Date.now } = options;
  // The deployer's own has no date: it is older than everything here.
  const hasSpread = ({ properties: { createdOn } }: Resource): boolean =>
    createdOn === undefined || now() >= Date.parse(String(createdOn)) + roleDelay * 1000;
  const rolesOf = (objectId: string): Assignment[] =>
    assignmentResources(resources, directory)
      .filter(hasSpread)
      .map(assignmentOf)
      .filter(({ principalId }) => principalId.toLowerCase() === objectId.toLowerCase());

  return {
    can: (objectId, action, scope) =>
      rolesOf(objectId)
        .filter((assignment) => covers(assignment.scope, scope))
        .some(({ roleDefinitionId }) => {
          const role = findRole(roleDefinitionId);
          return role !== undefined && allows(role, action);
        }),
    hasRoleWithin: (objectId, scope) =>
      rolesOf(objectId).some(
        (assignment) => covers(scope, assignment.scope) || covers(assignment.scope, scope),
      ),
  };
}
