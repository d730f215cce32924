/** The tenant's one subscription, the list of all its resources, and the resource providers. */
import { resourceTypes } from "../../contracts/resources";
import { refuse } from "../errors";
import type { Answer } from "../kind";
import type { ArmContext, Exchange } from "../pipeline";
import { locationList } from "./locations";
import { checkName } from "./nameChecks";
import { offerOf } from "./offer";
import { providers, setRegistration } from "./providers";
import { resourceFilter } from "./resourceFilter";

/** Answers the paths that name no resource kind; passes all others on. */
export async function answerSubscriptionScope(
  context: ArmContext,
  { address, body, method, principal, url }: Exchange,
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
  const posted = address.kind === "registration" || address.kind === "nameCheck";
  if (method !== (posted ? "POST" : "GET"))
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
      return { status: 200, body: providers(context.resources, scope, address.namespace) };
    case "registration": {
      const { namespace, registered } = address;
      const wanted = { scope, namespace, registered };
      return { status: 200, body: setRegistration(context.resources, wanted) };
    }
    case "nameCheck":
      return { status: 200, body: checkName(context, address.namespace, body) };
    case "locations":
      return { status: 200, body: locationList(scope) };
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

function subscription(context: ArmContext): object {
  const { subscriptionId, tenantId } = context.directory;
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: "Local Azure",
    state: "Enabled",
    authorizationSource: "RoleBased",
    subscriptionPolicies: { locationPlacementId: "Public_2014-09-01", ...offerOf(context) },
  };
}
