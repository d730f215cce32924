/** The tenant's one subscription, the list of all its resources, and the resource providers. */
import { resourceTypes } from "../../contracts/resources";
import { apiVersions } from "../apiVersions";
import { refuse } from "../errors";
import type { Answer } from "../kind";
import type { ArmContext, Exchange } from "../pipeline";
import { resourceFilter } from "./resourceFilter";

/** Answers the paths that name no resource kind; passes all others on. */
export async function answerSubscriptionScope(
  context: ArmContext,
  { address, method, principal, url }: Exchange,
): Promise<Answer | void> {
  if (!address || !principal) return;
  switch (address.kind) {
    case "resource":
    case "group":
    case "groupList":
      return;
    case "operation":
      return context.operations.poll(address.operation, address.result);
  }
  if (method !== "GET")
    throw refuse("MethodNotAllowed", method, "Microsoft.Resources/subscriptions");

  const { subscriptionId } = context.directory;
  const scope = `/subscriptions/${subscriptionId}`;
  switch (address.kind) {
    case "subscriptions": {
      const seen = context.authorizer.hasRoleWithin(principal.objectId, scope);
      return { status: 200, body: { value: seen ? [subscription(context)] : [] } };
    }
    case "subscription":
      return { status: 200, body: subscription(context) };
    case "providers":
      return { status: 200, body: providers(scope, address.namespace) };
    case "resourceList": {
      const wanted = resourceFilter(url.searchParams.get("$filter"));
      const group = address.resourceGroup;
      if (group !== undefined && !context.resources.get(`${scope}/resourceGroups/${group}`)) {
        throw refuse("ResourceGroupNotFound", group);
      }
      const under = group === undefined ? scope : `${scope}/resourceGroups/${group}`;
      const value = context.resources
        .list({ under })
        .filter(({ type }) => isListed(type))
        .filter(wanted)
        .filter(({ id, type }) => context.authorizer.can(principal.objectId, `${type}/read`, id))
        .map(({ id, name, type, location, tags, sku, identity }) => ({
          ...{ id, name, type, location, tags, sku, identity },
        }));
      return { status: 200, body: { value } };
    }
  }
}

/** Tracked resources only: what has a location. Tasks are, tokens and role assignments are not. */
const tracked = new Set<string>([
  resourceTypes.registry,
  resourceTypes.task,
  resourceTypes.vault,
  resourceTypes.containerGroup,
]);
const isListed = (type: string): boolean => tracked.has(type);

function subscription({ directory }: ArmContext): object {
  const { subscriptionId, tenantId } = directory;
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: "Local Azure",
    state: "Enabled",
    authorizationSource: "RoleBased",
    subscriptionPolicies: { spendingLimit: "Off" },
  };
}

function providers(scope: string, namespace?: string): object {
  const names = [...new Set(Object.keys(apiVersions).map((type) => type.split("/")[0] ?? ""))];
  const described = names.map((name) => ({
    id: `${scope}/providers/${name}`,
    namespace: name,
    registrationState: "Registered",
    resourceTypes: Object.entries(apiVersions)
      .filter(([type]) => type.startsWith(`${name}/`))
      .map(([type, versions]) => ({
        resourceType: type.slice(name.length + 1),
        locations: [],
        // newest first, as az picks the first one
        apiVersions: [...versions].reverse(),
      })),
  }));
  if (namespace === undefined) return { value: described };
  const found = described.find((one) => one.namespace.toLowerCase() === namespace.toLowerCase());
  if (!found) throw refuse("InvalidResourceNamespace", namespace);
  return found;
}
