/** Microsoft.Authorization/roleAssignments, at any scope. */
import { resourceTypes, type Resource } from "../../contracts/resources";
import { knownOnly, objectAt, optionalText, textAt } from "../body";
import { refuse } from "../errors";
import type { ArmServices, KindRequest, ResourceKind, Written } from "../kind";
import { equalityTerms } from "../resources/resourceFilter";
import { assignmentResources, covers, deployerOwnership, roleDefinitionId } from "./assignments";
import { findRole } from "./roleDefinitions";

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function roleAssignmentKind({ resources, directory }: ArmServices): ResourceKind {
  function put({ id, name, scope, body, existing, principal }: KindRequest): Written {
    if (!guid.test(name)) throw refuse("InvalidRoleAssignmentId", name);
    checkScope(scope);
    const given = objectAt(body.properties, "properties");
    const readOnly = ["scope", "createdOn", "updatedOn", "createdBy", "updatedBy"];
    const others = ["description", "condition", "conditionVersion"];
    const members = ["roleDefinitionId", "principalId", "principalType"];
    const delegated = "delegatedManagedIdentityResourceId";
    knownOnly(given, [...members, ...others, delegated, ...readOnly], "properties");
    for (const unserved of ["condition", delegated]) {
      if (optionalText(given[unserved], `properties.${unserved}`) === undefined) continue;
      throw refuse("NotSupportedHere", `'properties.${unserved}'`, "leave it out");
    }
    const roleId = textAt(given.roleDefinitionId, "properties.roleDefinitionId");
    const role = findRole(roleId);
    if (!role) throw refuse("RoleDefinitionDoesNotExist", roleId.split("/").at(-1) ?? roleId);
    const principalId = textAt(given.principalId, "properties.principalId");
    const holder = directory.find(principalId);
    if (!holder) {
      throw refuse("PrincipalNotFound", principalId.replaceAll("-", ""), directory.tenantId);
    }
    const principalType = optionalText(given.principalType, "properties.principalType");
    if (principalType !== undefined && principalType.toLowerCase() !== "serviceprincipal") {
      throw refuse("UnmatchedPrincipalType", principalId, "ServicePrincipal", principalType);
    }
    const resource: Resource = {
      id,
      name,
      type: resourceTypes.roleAssignment,
      properties: {
        roleDefinitionId: roleDefinitionId(directory.subscriptionId, role.id),
        principalId: holder.objectId,
        principalType: "ServicePrincipal",
        scope,
        ...(given.description === undefined ? {} : { description: given.description }),
        createdOn: existing?.properties.createdOn ?? new Date().toISOString(),
        updatedOn: new Date().toISOString(),
        createdBy: existing?.properties.createdBy ?? principal.objectId,
        updatedBy: principal.objectId,
      },
    };
    refuseChange(resource, existing);
    const twin = assignmentResources(resources, directory).find(
      (other) => other.name.toLowerCase() !== name.toLowerCase() && sameGrant(other, resource),
    );
    if (twin) throw refuse("RoleAssignmentExists", twin.name.replaceAll("-", ""));
    return { resource };
  }

  /** A role holds at the subscription or at something that is there. */
  function checkScope(scope: string): void {
    if (scope.toLowerCase() === `/subscriptions/${directory.subscriptionId}`.toLowerCase()) return;
    if (resources.get(scope)) return;
    const [, group = "", type = "", name = ""] =
      /resourceGroups\/([^/]+)\/providers\/(.+)\/([^/]+)$/i.exec(scope) ?? [];
    throw refuse("ResourceNotFound", type || scope, name, group);
  }

  function list({ scope, query, names }: KindRequest): Resource[] {
    const filter = query.get("$filter");
    const wanted = assignmentFilter(filter);
    const own = names.length === 0 ? scope : "";
    return assignmentResources(resources, directory)
      .filter(({ properties }) => {
        const at = String(properties.scope);
        return covers(at, own) || (!wanted.atScope && covers(own, at));
      })
      .filter(wanted.matches);
  }

  return {
    type: resourceTypes.roleAssignment,
    scope: "any",
    createdStatus: 201,
    showsRemoved: true,
    put,
    find({ id }) {
      const owner = deployerOwnership(directory);
      return id.toLowerCase() === owner.id.toLowerCase() ? owner : resources.get(id);
    },
    list,
    remove({ name }) {
      if (name !== deployerOwnership(directory).name) return;
      throw refuse("NotSupportedHere", "Taking the subscription from its deployer", "keep it");
    },
  };
}

const sameGrant = (a: Resource, b: Resource): boolean =>
  ["principalId", "scope", "roleDefinitionId"].every(
    (name) => String(a.properties[name]).toLowerCase() === String(b.properties[name]).toLowerCase(),
  );

function refuseChange(resource: Resource, existing: Resource | undefined): void {
  if (existing && !sameGrant(existing, resource)) throw refuse("RoleAssignmentUpdateNotPermitted");
}

/** `atScope()`, `principalId eq 'X'` and `assignedTo('X')`, joined by `and`. */
function assignmentFilter(filter: string | null): {
  atScope: boolean;
  matches: (assignment: Resource) => boolean;
} {
  const terms = filter ? filter.split(/\s+and\s+/i).map((term) => term.trim()) : [];
  const principals = terms.flatMap((term) => {
    if (/^atScope\(\)$/i.test(term)) return [];
    const assigned = /^assignedTo\('([^']*)'\)$/i.exec(term);
    if (assigned) return [assigned[1] ?? ""];
    return equalityTerms(term).map(([name, value]) => {
      if (name.toLowerCase() === "principalid") return value;
      throw refuse("InvalidFilterInQueryString", filter ?? "");
    });
  });
  return {
    atScope: terms.some((term) => /^atScope\(\)$/i.test(term)),
    matches: ({ properties }) =>
      principals.every((id) => String(properties.principalId).toLowerCase() === id.toLowerCase()),
  };
}
