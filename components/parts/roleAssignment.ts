/** Built-in roles, as narrow as their work allows. */
import * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { stillThere } from "./lookUp";

const roles = {
  /** Container groups, and reading the resource group. The article makes the task its owner. */
  "Azure Container Instances Contributor Role": "5d977122-f97e-4b4d-a52f-6b43003ddb4d",
  /** Reads a secret's value. */
  "Key Vault Secrets User": "4633458b-17de-408a-b874-0445c86b69e6",
};

export interface RoleAssignmentArgs {
  role: keyof typeof roles;
  /** ARM id of what the role is good for. */
  scope: pulumi.Input<string>;
  /** Object id of a managed identity. */
  principalId: pulumi.Input<string>;
}

export function assignRole(
  name: string,
  args: RoleAssignmentArgs,
  opts: pulumi.CustomResourceOptions,
): authorization.RoleAssignment {
  const { scope, principalId } = args;
  // An assignment cannot change hands, so another identity gets another name.
  const uuid = new random.RandomUuid(name, { keepers: { scope, principalId } }, opts);
  const assignment = new authorization.RoleAssignment(
    name,
    {
      roleAssignmentName: uuid.result,
      scope,
      roleDefinitionId: pulumi.output(scope).apply((id) => roleDefinitionId(id, roles[args.role])),
      principalId,
      // Spares Azure the look-up of an identity so new that it may not be found yet.
      principalType: authorization.PrincipalType.ServicePrincipal,
    },
    opts,
  );
  pulumi
    .all([assignment.id, scope, uuid.result])
    .apply(([, scope, roleAssignmentName]) =>
      stillThere(
        `Role assignment ${name}`,
        authorization.getRoleAssignment({ scope, roleAssignmentName }),
      ),
    );
  return assignment;
}

/** A built-in role's id in the subscription that a resource is in. */
export function roleDefinitionId(resourceId: string, role: string): string {
  const [subscription] = /^\/subscriptions\/[^/]+/i.exec(resourceId) ?? [];
  if (!subscription) throw new Error(`${resourceId} is in no subscription`);
  return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
}
