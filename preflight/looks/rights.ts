/** Whether the caller's roles at the subscription allow what `up` does. */
import { fault, ok, type Finding } from "../finding";
import { complaint, textsAt, type Reply } from "../rest";
import { run, type SignedIn } from "./look";

const of = (type: string, ...verbs: string[]): string[] => verbs.map((verb) => `${type}/${verb}`);
const owned = ["read", "write", "delete"];

/** What Contributor is wanted for. */
const making = [
  ...of("Microsoft.Resources/subscriptions/resourceGroups", ...owned),
  ...of("Microsoft.ContainerRegistry/registries", ...owned),
  ...of("Microsoft.ContainerRegistry/registries/scopeMaps", ...owned),
  ...of("Microsoft.ContainerRegistry/registries/tokens", ...owned),
  ...of("Microsoft.ContainerRegistry/registries/tasks", ...owned),
  "Microsoft.ContainerRegistry/registries/generateCredentials/action",
  "Microsoft.ContainerRegistry/registries/scheduleRun/action",
  "Microsoft.ContainerRegistry/registries/runs/read",
  "Microsoft.ContainerRegistry/registries/runs/listLogSasUrl/action",
  "Microsoft.ContainerRegistry/registries/pull/read",
  ...of("Microsoft.KeyVault/vaults", ...owned),
  ...of("Microsoft.KeyVault/vaults/secrets", "read", "write"),
  "Microsoft.KeyVault/vaults/accessPolicies/write",
  ...of("Microsoft.ContainerInstance/containerGroups", ...owned),
];
const auditing = of("Microsoft.Insights/diagnosticSettings", ...owned);
const assigning = of("Microsoft.Authorization/roleAssignments", ...owned);

export async function lookAtRights(
  { azure, subscriptionId, objectId }: SignedIn,
  { withAuditLog, withRoles }: { withAuditLog: boolean; withRoles: boolean },
): Promise<Finding[]> {
  const { values, reply } = await azure.list(
    "/providers/Microsoft.Authorization/permissions",
    "permissions",
  );
  const scope = `/subscriptions/${subscriptionId}`;
  const grant = (role: string): string =>
    run(`az role assignment create --assignee ${objectId} --role "${role}" --scope ${scope}`);
  if (reply.status !== 200)
    return [fault(`the rights are not told (${complaint(reply)})`, grant("Contributor"))];

  const judge = (purpose: string, needed: string[], role: string): Finding => {
    const missing = needed.filter((action) => !values.some((one) => allows(one, action)));
    const [first, ...more] = missing;
    if (first === undefined)
      return ok(`rights ${purpose}; conditions on roles, and locks, are not to be seen from here`);
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    return fault(`no right ${purpose}: ${first}${others} is not allowed`, grant(role));
  };
  return [
    judge(
      "to make everything but roles",
      [...making, ...(withAuditLog ? auditing : [])],
      "Contributor",
    ),
    ...(withRoles
      ? [judge("to assign roles", assigning, "Role Based Access Control Administrator")]
      : []),
  ];
}

/** One role's actions without its exceptions; `*` stands for any text, slashes included. */
function allows(role: Reply["body"], action: string): boolean {
  const isIn = (list: string): boolean =>
    textsAt(role, list).some((pattern) => matches(pattern, action));
  return isIn("actions") && !isIn("notActions");
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "i").test(action);
}
