/** Role based access control: answers from the stored role assignments, at the moment of the question. */
import type { Authorizer, Directory } from "../../contracts/identity";
import type { ResourceStore } from "../../contracts/resources";
import { assignmentOf, assignmentResources, covers } from "./assignments";
import { allows, findRole } from "./roleDefinitions";

export interface AuthorizerParts {
  resources: ResourceStore;
  directory: Directory;
}

/**
 * Roles are inherited down the scopes: an assignment on a resource group holds for every resource in it.
 * An unknown principal, role or scope allows nothing.
 */
export function createAuthorizer({ resources, directory }: AuthorizerParts): Authorizer {
  return {
    can: (objectId, action, scope) =>
      assignmentResources(resources, directory)
        .map(assignmentOf)
        .filter((assignment) => assignment.principalId.toLowerCase() === objectId.toLowerCase())
        .filter((assignment) => covers(assignment.scope, scope))
        .some(({ roleDefinitionId }) => {
          const role = findRole(roleDefinitionId);
          return role !== undefined && allows(role, action);
        }),
  };
}

/** Whether the principal has any role at the scope or below it: then it sees the subscription. */
export function hasRoleWithin(parts: AuthorizerParts, objectId: string, scope: string): boolean {
  return assignmentResources(parts.resources, parts.directory)
    .map(assignmentOf)
    .some(
      (assignment) =>
        assignment.principalId.toLowerCase() === objectId.toLowerCase() &&
        (covers(scope, assignment.scope) || covers(assignment.scope, scope)),
    );
}
