/** Microsoft.Authorization/roleDefinitions: the built-in roles, to read. */
import type { Directory } from "../../contracts/identity";
import type { Resource } from "../../contracts/resources";
import { refuse } from "../errors";
import type { ResourceKind } from "../kind";
import { equalityTerms } from "../resources/resourceFilter";
import { roleDefinitionId } from "./assignments";
import { builtInRoles, findRole, type RoleDefinition } from "./roleDefinitions";

const type = "Microsoft.Authorization/roleDefinitions";

export function roleDefinitionKind({ directory }: { directory: Directory }): ResourceKind {
  const shown = (role: RoleDefinition): Resource => ({
    id: roleDefinitionId(directory.subscriptionId, role.id),
    name: role.id,
    type,
    properties: {
      roleName: role.roleName,
      type: "BuiltInRole",
      description: role.description,
      assignableScopes: ["/"],
      permissions: [
        {
          actions: role.actions,
          notActions: role.notActions ?? [],
          dataActions: role.dataActions ?? [],
          notDataActions: [],
        },
      ],
    },
  });

  return {
    type,
    scope: "any",
    createdStatus: 201,
    openLists: true,
    find({ name }) {
      const role = findRole(name);
      return role && shown(role);
    },
    list({ query }) {
      const filter = query.get("$filter");
      const terms = (filter ?? "")
        .split(/\s+and\s+/i)
        .filter((term) => term.trim() !== "" && !/^atScopeAndBelow\(\)$/i.test(term.trim()));
      const names = terms.flatMap((term) =>
        equalityTerms(term).flatMap(([name, value]) => {
          if (name.toLowerCase() === "rolename") return [value.toLowerCase()];
          if (name.toLowerCase() === "type" && value.toLowerCase() === "builtinrole") return [];
          throw refuse("InvalidFilterInQueryString", filter ?? "");
        }),
      );
      return builtInRoles
        .filter(({ roleName }) => names.every((name) => roleName.toLowerCase() === name))
        .map(shown);
    },
  };
}
