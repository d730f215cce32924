/**
 * What a request path names. ARM paths ignore case; the last `/providers/` decides, so that a role
 * assignment on a registry is an address of Microsoft.Authorization whose scope is the registry.
 */
import { refuse } from "./errors";

export type Address =
  | { kind: "subscriptions" }
  | { kind: "subscription"; subscription: string }
  | { kind: "resourceList"; subscription: string; resourceGroup?: string }
  | { kind: "providers"; subscription: string; namespace?: string }
  | { kind: "registration"; subscription: string; namespace: string; registered: boolean }
  | { kind: "nameCheck"; subscription: string; namespace: string }
  | { kind: "locations"; subscription: string }
  | { kind: "groupList"; subscription: string }
  | { kind: "group"; subscription: string; resourceGroup: string }
  | { kind: "operation"; subscription: string; operation: string; result: boolean }
  | ResourceAddress;

export interface ResourceAddress {
  kind: "resource";
  /** What stands in front of `/providers/`; empty for the tenant. */
  scope: string;
  subscription?: string;
  resourceGroup?: string;
  namespace: string;
  /** Type segments and names by turns, e.g. registries, contoso, tokens, pull. */
  types: string[];
  names: string[];
  /** A last segment without a name: a collection to list, or an action. */
  tail?: string;
}

/** Path segments after `/subscriptions/{s}` of an operation's own address. */
const operationSegments = { status: "operationstatuses", result: "operationresults" } as const;

/** The path of an asynchronous operation: `status` for Azure-AsyncOperation, `result` for Location. */
export const operationPath = (
  subscription: string,
  operation: string,
  kind: keyof typeof operationSegments,
): string => `/subscriptions/${subscription}/${operationSegments[kind]}/${operation}`;

function segmentsOf(path: string): string[] {
  try {
    return path
      .split("/")
      .filter((segment) => segment !== "")
      .map(decodeURIComponent);
  } catch {
    throw refuse("InvalidRequestUri", path);
  }
}

export function parseAddress(path: string): Address {
  const segments = segmentsOf(path);
  const lower = segments.map((segment) => segment.toLowerCase());
  const unknown = (): Error => refuse("InvalidRequestUri", path);

  const [root, subscription] = segments;
  const providers = lower.lastIndexOf("providers");
  if (lower[0] === "subscriptions") {
    if (subscription === undefined) return { kind: "subscriptions" };
    if (segments.length === 2) return { kind: "subscription", subscription };
    if (providers === 2 && segments.length <= 4) {
      return { kind: "providers", subscription, namespace: segments[3] };
    }
    const [, , , namespace] = segments;
    if (providers === 2 && segments.length === 5 && namespace !== undefined) {
      const registered = lower[4] === "register";
      if (registered || lower[4] === "unregister") {
        return { kind: "registration", subscription, namespace, registered };
      }
      if (lower[4] === "checknameavailability") {
        return { kind: "nameCheck", subscription, namespace };
      }
    }
    if (providers < 0) {
      const [, , area, name, rest] = segments;
      const plural = area?.toLowerCase();
      if (plural === "resources" && segments.length === 3) {
        return { kind: "resourceList", subscription };
      }
      if (plural === "locations" && segments.length === 3) {
        return { kind: "locations", subscription };
      }
      if (plural === "resourcegroups" && segments.length === 3) {
        return { kind: "groupList", subscription };
      }
      if (plural === "resourcegroups" && name !== undefined) {
        if (segments.length === 4) return { kind: "group", subscription, resourceGroup: name };
        if (segments.length === 5 && rest?.toLowerCase() === "resources") {
          return { kind: "resourceList", subscription, resourceGroup: name };
        }
      }
      const isResult = plural === operationSegments.result;
      if ((isResult || plural === operationSegments.status) && name !== undefined) {
        return { kind: "operation", subscription, operation: name, result: isResult };
      }
      throw unknown();
    }
  } else if (root !== undefined && providers !== 0) throw unknown();

  const [namespace, ...rest] = segments.slice(providers + 1);
  if (providers < 0 || namespace === undefined || rest.length === 0) throw unknown();
  const inSubscription = lower[0] === "subscriptions" ? subscription : undefined;
  const inGroup =
    inSubscription !== undefined && lower[2] === "resourcegroups" ? segments[3] : undefined;
  return {
    kind: "resource",
    scope: providers === 0 ? "" : `/${segments.slice(0, providers).join("/")}`,
    subscription: inSubscription,
    resourceGroup: inGroup,
    namespace,
    types: rest.filter((_, index) => index % 2 === 0 && index + 1 < rest.length),
    names: rest.filter((_, index) => index % 2 === 1),
    tail: rest.length % 2 === 1 ? rest.at(-1) : undefined,
  };
}
