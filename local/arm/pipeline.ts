/**
 * What happens to every request, in this order. A step returns an answer to end the matter, nothing to
 * pass the request on, or throws an ArmError.
 */
import type { Principal } from "../contracts/identity";
import { Unauthenticated } from "../contracts/identity";
import { resourceTypes, type Resource } from "../contracts/resources";
import { parseAddress, type Address } from "./address";
import {
  actionVersions,
  apiVersions,
  nameCheckType,
  providerType,
  resourceListType,
  subscriptionType,
} from "./apiVersions";
import type { Json } from "./body";
import { dispatch } from "./dispatcher";
import { refuse } from "./errors";
import type { Action, Answer, ArmServices, ResourceKind } from "./kind";
import type { Operations } from "./operations";
import { isRegion, regions } from "./resources/locations";
import { checkedType } from "./resources/nameChecks";
import { isRegistered } from "./resources/providers";
import { answerSubscriptionScope } from "./resources/subscriptions";

export interface ArmContext extends ArmServices {
  kinds: readonly ResourceKind[];
  operations: Operations;
  /** Runs work on one resource id after the work before it has ended. */
  inTurn<T>(id: string, work: () => Promise<T>): Promise<T>;
}

/** One request on its way through the pipeline; each step fills in what the later ones need. */
export interface Exchange {
  method: string;
  url: URL;
  authorization: string | undefined;
  body: Json;
  principal?: Principal;
  address?: Address;
  apiVersion?: string;
  kind?: ResourceKind;
  action?: Action;
  /** True when the address names a collection of the kind. */
  collection?: boolean;
}

type Step = (context: ArmContext, exchange: Exchange) => Promise<Answer | void> | Answer | void;

export const pipeline: readonly Step[] = [
  authenticate,
  locate,
  checkSubscription,
  checkMethod,
  checkApiVersion,
  checkPlace,
  authorize,
  answerSubscriptionScope,
  checkGroup,
  dispatch,
];

async function authenticate({ directory }: ArmContext, exchange: Exchange): Promise<Answer | void> {
  try {
    exchange.principal = await directory.authenticate(
      exchange.authorization,
      "https://management.azure.com",
    );
  } catch (error) {
    if (!(error instanceof Unauthenticated)) throw error;
    return {
      status: 401,
      body: refuse("AuthenticationFailed", error.message).body(),
      headers: {
        "www-authenticate": `Bearer authorization_uri="https://login.microsoftonline.com/${directory.tenantId}", error="invalid_token"`,
      },
    };
  }
}

/** Finds the kind that the path speaks of, and whether it means a resource, a collection or an action. */
function locate({ kinds }: ArmContext, exchange: Exchange): void {
  const address = parseAddress(exchange.url.pathname);
  exchange.address = address;
  if (address.kind === "group" || address.kind === "groupList") {
    exchange.kind = kinds.find(({ type }) => type === resourceTypes.resourceGroup);
    exchange.collection = address.kind === "groupList";
  }
  if (address.kind !== "resource") return;

  const { namespace, types, tail } = address;
  const known = kinds.filter(({ type }) => sameText(type.split("/")[0] ?? "", namespace));
  if (known.length === 0) throw refuse("InvalidResourceNamespace", namespace);
  const named = (segments: string[]): ResourceKind | undefined =>
    known.find(({ type }) => sameText(type, [namespace, ...segments].join("/")));

  const exact = named(types);
  const action = tail === undefined ? undefined : exact?.actions?.[tail.toLowerCase()];
  if (tail === undefined || (action && action.method === exchange.method)) {
    exchange.kind = exact;
    exchange.action = action;
  } else {
    exchange.kind = exchange.method === "GET" ? named([...types, tail]) : undefined;
    exchange.collection = true;
    if (exchange.kind === undefined && exact !== undefined && exchange.method !== "GET") {
      const served = Object.values(exact.actions ?? {}).map(({ name }) => name);
      throw refuse("UnsupportedAction", tail, exact.type, served.join(", "));
    }
  }
  if (exchange.kind === undefined) {
    const path = [...types, ...(tail === undefined ? [] : [tail])].join("/");
    throw refuse("InvalidResourceType", path, namespace, known.map(({ type }) => type).join(", "));
  }
}

const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function checkSubscription({ directory }: ArmContext, { address }: Exchange): void {
  if (!address || address.kind === "subscriptions") return;
  const { subscription } = address;
  if (subscription !== undefined && !sameText(subscription, directory.subscriptionId)) {
    throw refuse("SubscriptionNotFound", subscription);
  }
}

/** A method that a type does not have is refused before anyone asks who may use it. */
function checkMethod(_context: ArmContext, { kind, action, collection, method }: Exchange): void {
  if (!kind || action) return;
  const served: Readonly<Record<string, unknown>> = collection
    ? { GET: !kind.actionsOnly }
    : {
        GET: !kind.actionsOnly,
        HEAD: !kind.actionsOnly,
        PUT: kind.put,
        PATCH: kind.patch,
        DELETE: kind.remove,
      };
  if (!served[method]) throw refuse("MethodNotAllowed", method, kind.type);
}

function checkApiVersion(_context: ArmContext, exchange: Exchange): void {
  const { address, kind, action, url } = exchange;
  const given = url.searchParams.get("api-version");
  if (!given) throw refuse("MissingApiVersionParameter");
  exchange.apiVersion = given;
  if (!address || address.kind === "operation") return;
  const type = kind?.type ?? typeBesideKinds(address);
  const versions = (action && actionVersions[`${type}/${action.name}`]) ?? apiVersions[type] ?? [];
  if (versions.includes(given)) return;
  const known = versions.join(", ");
  throw type.startsWith("Microsoft.Resources/")
    ? refuse("InvalidApiVersionParameter", given, known)
    : refuse("NoRegisteredProviderFound", type, given, known);
}

/** What is new is made where Azure has it, and by a provider that the subscription uses. */
function checkPlace({ resources, directory }: ArmContext, exchange: Exchange): void {
  const { address, kind, method, body } = exchange;
  if (!kind || method !== "PUT") return;
  const scope = `/subscriptions/${directory.subscriptionId}`;
  if (address?.kind === "resource" && !isRegistered(resources, scope, address.namespace)) {
    throw refuse("MissingSubscriptionRegistration", address.namespace);
  }
  const { location } = body;
  if (typeof location !== "string" || location === "" || isRegion(location)) return;
  const known = regions.map(([name]) => name).join(",");
  throw refuse("LocationNotAvailableForResourceType", location, kind.type, known);
}

function typeBesideKinds(address: Address): string {
  if (address.kind === "providers" || address.kind === "registration") return providerType;
  if (address.kind === "nameCheck") {
    return nameCheckType(checkedType(address.namespace)?.type.split("/")[0] ?? address.namespace);
  }
  return address.kind === "resourceList" ? resourceListType : subscriptionType;
}

const verbs: Readonly<Record<string, string>> = {
  GET: "read",
  HEAD: "read",
  PUT: "write",
  PATCH: "write",
  DELETE: "delete",
};

/** Reads that any signed-in principal may try: their answers hold only what the principal may see. */
const filteredByAccess = new Set(["subscriptions", "resourceList", "groupList", "operation"]);

function authorize(context: ArmContext, exchange: Exchange): void {
  const { address, principal, kind, action, method, url } = exchange;
  if (!address || !principal || filteredByAccess.has(address.kind)) return;
  if (address.kind === "registration" || address.kind === "nameCheck") {
    const scope = `/subscriptions/${address.subscription}`;
    const verb = address.kind === "nameCheck" ? "checkNameAvailability/read" : "register/action";
    const wanted = `${address.namespace}/${verb}`;
    if (context.authorizer.can(principal.objectId, wanted, scope)) return;
    throw denied(principal, wanted, scope);
  }
  if (
    address.kind === "subscription" ||
    address.kind === "providers" ||
    address.kind === "locations"
  ) {
    const scope = `/subscriptions/${address.subscription}`;
    if (context.authorizer.hasRoleWithin(principal.objectId, scope)) return;
    throw denied(principal, "Microsoft.Resources/subscriptions/read", scope);
  }
  // the tenant's own list of roles is open to everyone in it; lists of a subscription show what may be seen
  if (address.kind === "resource" && address.scope === "" && method === "GET") return;
  if (exchange.collection && /^\/subscriptions\/[^/]+$/i.test(scopeOf(address))) return;

  const verb = action ? actionVerb(action) : (verbs[method] ?? "action");
  const name = `${permissionType(kind)}/${verb}`;
  const path = decodeURIComponent(url.pathname).replace(/\/+$/, "");
  const parent = exchange.collection || action ? path.replace(/\/[^/]+$/, "") : path;
  const target = scopeOf(address) || parent;
  if (!context.authorizer.can(principal.objectId, name, target)) {
    throw denied(principal, name, target);
  }
}

/** The scope of a list that is not below a resource. */
const scopeOf = (address: Address): string =>
  address.kind === "resource" && address.names.length === 0 ? address.scope : "";

const actionVerb = ({ method, name }: Action): string =>
  method === "GET" ? `${name}/read` : `${name}/action`;

const permissionType = (kind: ResourceKind | undefined): string =>
  kind?.type === resourceTypes.resourceGroup
    ? "Microsoft.Resources/subscriptions/resourceGroups"
    : (kind?.type ?? "");

const denied = (principal: Principal, action: string, scope: string): Error =>
  refuse("AuthorizationFailed", principal.appId, principal.objectId, action, scope);

function checkGroup({ resources, directory }: ArmContext, { address, method }: Exchange): void {
  if (address?.kind !== "resource" || address.resourceGroup === undefined) return;
  const name = address.resourceGroup;
  const group: Resource | undefined = resources.get(
    `/subscriptions/${directory.subscriptionId}/resourceGroups/${name}`,
  );
  if (!group) throw refuse("ResourceGroupNotFound", name);
  const writes = method === "PUT" || method === "PATCH" || method === "POST";
  if (writes && group.properties.provisioningState === "Deleting") {
    throw refuse("ResourceGroupBeingDeleted", name);
  }
}
