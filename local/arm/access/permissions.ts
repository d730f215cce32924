/** Microsoft.Authorization/permissions: what the caller's roles allow at a scope. */
import type { Directory } from "../../contracts/identity";
import type { Resource, ResourceStore } from "../../contracts/resources";
import type { ResourceKind } from "../kind";
import { assignmentOf, assignmentResources, covers } from "./assignments";
import { findRole } from "./roleDefinitions";

const type = "Microsoft.Authorization/permissions";

export function permissionsKind({
  resources,
  directory,
}: {
  resources: ResourceStore;
  directory: Directory;
}): ResourceKind {
  return {
    type,
    scope: "any",
    createdStatus: 200,
    // Everybody may know what they may do.
    openLists: true,
    find: () => undefined,
    list: ({ principal, scope }) =>
      assignmentResources(resources, directory)
        .map(assignmentOf)
        .filter(
          (assignment) =>
            assignment.principalId.toLowerCase() === principal.objectId.toLowerCase() &&
            covers(assignment.scope, scope),
        )
        .flatMap(({ roleDefinitionId }): Resource[] => {
          const role = findRole(roleDefinitionId);
          if (!role) return [];
          const { actions, notActions = [], dataActions = [] } = role;
          const properties = { actions, notActions, dataActions, notDataActions: [] };
          return [{ id: `${scope}/providers/${type}/${role.id}`, name: role.id, type, properties }];
        }),
    view: ({ properties }) => properties,
  };
}
