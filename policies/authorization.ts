/** Rules about role assignments: which role, and where. */
import { resourceRule } from "./parts/rule";
import { choice, texts } from "./parts/settings";

interface RoleAssignmentProps {
  roleDefinitionId?: string;
  scope?: string;
}

const kinds = ["authorization:RoleAssignment"];

/** Built-in roles that can give themselves and others any right, and the one next to them. */
const roleNames: Readonly<Record<string, string>> = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
  "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
};

export const roleNotPrivileged = resourceRule({
  name: "role-not-privileged",
  description: "Nobody is given a role that hands out roles, such as Owner.",
  severity: "critical",
  remediationSteps:
    "Take the narrowest built-in role that works, on the one resource or resource group it is needed for.",
  settings: {
    deniedRoles: texts(
      "GUIDs of role definitions that nobody is given",
      "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
      "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
      "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    ),
  },
  kinds,
  check({ roleDefinitionId = "" }: RoleAssignmentProps, { settings, report }) {
    const role = roleDefinitionId.replace(/^.*\//, "").toLowerCase();
    if (settings.deniedRoles.some((denied) => denied.toLowerCase() === role))
      report(`gives the role ${roleNames[role] ?? role}; take the narrowest role that works`);
  },
});

/** What a scope is, from the widest to the narrowest. */
export function scopeLevel(
  scope: string,
): "tree" | "management group" | "subscription" | "resource group" | "resource" {
  const path = scope.replace(/\/+$/, "");
  if (path === "") return "tree";
  if (/^\/?providers\/Microsoft\.Management\/managementGroups\/[^/]+$/i.test(path))
    return "management group";
  if (/^\/?subscriptions\/[^/]+$/i.test(path)) return "subscription";
  if (/^\/?subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i.test(path)) return "resource group";
  return "resource";
}

export const roleScopeNarrow = resourceRule({
  name: "role-scope-narrow",
  description: "A role is given on a resource group or less, never on a subscription or more.",
  severity: "high",
  remediationSteps:
    "Set scope to the id of the resource, or of a resource group that holds nothing else.",
  settings: {
    widestScope: choice("The widest scope that a role may have", "resourceGroup", "resource"),
  },
  kinds,
  check({ scope = "" }: RoleAssignmentProps, { settings, report }) {
    const level = scopeLevel(scope);
    const allowed =
      settings.widestScope === "resource" ? ["resource"] : ["resource", "resource group"];
    if (!allowed.includes(level))
      report(`scope ${scope || "/"} is the whole ${level}; allowed: a ${allowed.join(" or a ")}`);
  },
});
