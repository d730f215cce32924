/**
 * The common shape of a resource type. A kind says how one type is checked, made, changed, shown and
 * removed; the envelope (ids, api versions, access, lists, asynchronous answers, the store) is the
 * dispatcher's. Add a kind to the list in kinds.ts and its versions to apiVersions.ts.
 */
import type { ContainerInstances } from "../contracts/containerInstances";
import type { ContainerRegistries } from "../contracts/containerRegistry";
import type { GitHost } from "../contracts/gitHost";
import type { Directory, Principal, RoleAuthorizer } from "../contracts/identity";
import type { Resource, ResourceStore } from "../contracts/resources";
import type { Log } from "../contracts/service";
import type { TaskRuns } from "../contracts/tasks";
import type { Json } from "./body";

/** What kinds work with. */
export interface ArmServices {
  resources: ResourceStore;
  directory: Directory;
  authorizer: RoleAuthorizer;
  registries: ContainerRegistries;
  gitHost: GitHost;
  runs: TaskRuns;
  instances: ContainerInstances;
  /** The subscription's offer, as Azure calls it: pay-as-you-go without one. */
  quotaId?: string;
  log: Log;
}

/** A finished answer: status, JSON body (absent for none) and headers beyond the usual ones. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One request to one resource of a kind (or, for an action, to something below it). */
export interface KindRequest {
  /** Canonical id: the stored one, or for a new resource the parent's id, the type and the name as asked. */
  id: string;
  name: string;
  apiVersion: string;
  principal: Principal;
  /** The scope in front of `/providers/`, canonical where it is stored. */
  scope: string;
  /** The names along the type's path, outermost first. */
  names: readonly string[];
  parent?: Resource;
  existing?: Resource;
  /** The body's object; empty when there was no body. */
  body: Json;
  query: URLSearchParams;
}

/** What a write leads to: the resource to store, and work that goes on after the answer. */
export interface Written {
  resource: Resource;
  /** Makes the answer an asynchronous operation that ends when this settles. */
  work?: () => Promise<void>;
}

export type ExistingRequest = KindRequest & { existing: Resource };

export interface ResourceKind {
  /** For example `Microsoft.ContainerRegistry/registries/tokens`. */
  readonly type: string;
  /** Where resources of the kind live; `any` is an extension of every scope. */
  readonly scope: "resourceGroup" | "subscription" | "any";
  /** Names of new resources. The rule is said to whoever breaks it. */
  readonly name?: { pattern: RegExp; rule: string };
  /** Status of a PUT that created something; az needs 200 for some types. */
  readonly createdStatus: 200 | 201;
  /** Creates or replaces. Must throw before it changes anything, or undo what it did. */
  put?(request: KindRequest): Promise<Written | Answer> | Written | Answer;
  patch?(request: ExistingRequest): Promise<Written | Answer> | Written | Answer;
  /** Removes what the resource stands for. The dispatcher then removes it and all below it from the store. */
  remove?(resource: Resource): Promise<void> | void;
  /** A deletion is answered with what was deleted: az reads it. */
  readonly showsRemoved?: boolean;
  /** Kinds that are not in the store say here what there is. */
  find?(request: KindRequest): Resource | undefined;
  list?(request: KindRequest): Resource[];
  /** Lists show everything; without it they show what the caller may read. */
  readonly openLists?: boolean;
  /** The answer's body. Without it: everything but `secret`. */
  view?(resource: Resource): Json;
  /** For what has actions but is no resource of its own, such as a container in its group. */
  readonly actionsOnly?: boolean;
  /** Operations below a resource, by their name in lower case. */
  readonly actions?: Readonly<Record<string, Action>>;
  /** Goes on with what a stop interrupted. */
  resume?(resource: Resource): void;
}

export interface Action {
  method: "GET" | "POST";
  /** Name as Azure writes it, for the authorisation action. */
  name: string;
  run(request: ExistingRequest): Promise<Answer> | Answer;
}

/** A resource as answers show it: all but what is secret. */
export function plainView(resource: Resource): Json {
  const shown: Json = { ...resource };
  delete shown.secret;
  return shown;
}

export const isAnswer = (result: Written | Answer): result is Answer => "status" in result;
