/** The last step of the pipeline: carries out the method on a kind's resource, collection or action. */
import { resourceTypes, type Resource } from "../contracts/resources";
import type { ResourceAddress } from "./address";
import { knownOnly } from "./body";
import { refuse } from "./errors";
import {
  isAnswer,
  plainView,
  type Answer,
  type ExistingRequest,
  type KindRequest,
  type ResourceKind,
  type Written,
} from "./kind";
import type { ArmContext, Exchange } from "./pipeline";
import { removeResource } from "./removal";

/** What a request body may hold beside `properties`; ids and the like are echoes of an answer. */
const envelope = [
  ...["id", "name", "type", "etag", "systemData", "kind", "managedBy"],
  ...["location", "tags", "sku", "identity", "properties"],
];
/** Kinds whose request bodies are no resources. */
const bodiesOfTheirOwn = new Set(["Microsoft.Resources/tags"]);

export async function dispatch(context: ArmContext, exchange: Exchange): Promise<Answer> {
  const { kind, action, method } = exchange;
  if (!kind) throw refuse("InvalidRequestUri", exchange.url.pathname);
  const request = requestOf(context, exchange, kind);

  if (exchange.collection) {
    return { status: 200, body: { value: collection(context, kind, request) } };
  }
  if (action) {
    return context.inTurn(request.id, async () =>
      action.run(existing(kind, fresh(context, kind, request))),
    );
  }
  switch (method) {
    case "GET":
      return { status: 200, body: view(kind, existing(kind, request).existing) };
    case "HEAD":
      existing(kind, request);
      return { status: 204 };
    case "PUT":
      return context.inTurn(request.id, () => put(context, kind, request));
    case "PATCH":
      return context.inTurn(request.id, () => patch(context, kind, request));
    case "DELETE":
      return context.inTurn(request.id, () => remove(context, kind, request));
    default:
      throw refuse("MethodNotAllowed", method, kind.type);
  }
}

const view = (kind: ResourceKind, resource: Resource): unknown =>
  (kind.view ?? plainView)(resource);

function requestOf(context: ArmContext, exchange: Exchange, kind: ResourceKind): KindRequest {
  const { address, principal, apiVersion, body, url } = exchange;
  if (!address || !principal || apiVersion === undefined) throw refuse("InternalServerError");
  const base = { apiVersion, principal, body, query: url.searchParams };
  const subscription = `/subscriptions/${context.directory.subscriptionId}`;
  if (address.kind !== "resource") {
    const name = address.kind === "group" ? address.resourceGroup : "";
    const id = `${subscription}/resourceGroups/${name}`;
    return {
      ...base,
      id,
      name,
      names: [name],
      scope: subscription,
      existing: context.resources.get(id),
    };
  }
  const { scope, parent, id } = canonical(context, address, kind);
  const name = address.names.at(-1) ?? "";
  const request = { ...base, id, name, names: address.names, scope, parent };
  const found = kind.find ? kind.find(request) : context.resources.get(id);
  // everything is found by its stored id, in whatever case it is asked for
  return found ? { ...request, id: found.id, name: found.name, existing: found } : request;
}

/** The address in the case that things were made with. */
function canonical(
  { resources }: ArmContext,
  address: ResourceAddress,
  kind: ResourceKind,
): { scope: string; parent?: Resource; id: string } {
  const scope = resources.get(address.scope)?.id ?? address.scope;
  const [provider = "", ...types] = kind.type.split("/");
  let id = `${scope}/providers/${provider}`;
  let parent: Resource | undefined;
  types.forEach((type, index) => {
    const name = address.names[index];
    if (name === undefined) return;
    if (index > 0) parent = resources.get(id);
    id = `${parent?.id ?? id}/${type}/${name}`;
  });
  // a collection's parent is the last thing that has a name
  if (address.names.length < types.length) parent = resources.get(id);
  return { scope, parent, id };
}

function collection(context: ArmContext, kind: ResourceKind, request: KindRequest): unknown[] {
  const { resources, authorizer } = context;
  const nested = kind.type.split("/").length > 2;
  if (nested && !request.parent && !kind.list) throw parentMissing(kind, request);
  const under = nested ? (request.parent?.id ?? request.id) : request.scope;
  const found = kind.list ? kind.list(request) : resources.list({ type: kind.type, under });
  const objectId = request.principal.objectId;
  const isGroup = kind.type === resourceTypes.resourceGroup;
  const read = `${isGroup ? "Microsoft.Resources/subscriptions/resourceGroups" : kind.type}/read`;
  return found
    .filter(({ id }) => kind.openLists || authorizer.can(objectId, read, id))
    .map((resource) => view(kind, resource));
}

function existing(kind: ResourceKind, request: KindRequest): ExistingRequest {
  if (request.existing) return { ...request, existing: request.existing };
  if (kind.type === resourceTypes.resourceGroup) {
    throw refuse("ResourceGroupNotFound", request.name);
  }
  throw refuse("ResourceNotFound", shortType(kind, request), request.name, groupOf(request.id));
}

/** `Microsoft.ContainerRegistry/registries/contoso/tokens`: types and names by turns, without the last name. */
function shortType({ type }: ResourceKind, { names }: KindRequest): string {
  const [provider, ...types] = type.split("/");
  const pairs = types.flatMap((part, index) =>
    index < types.length - 1 ? [part, names[index] ?? ""] : [part],
  );
  return [provider, ...pairs].join("/");
}

const groupOf = (id: string): string => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? "";

const parentMissing = (kind: ResourceKind, request: KindRequest): Error =>
  refuse("ParentResourceNotFound", kind.type, request.id.split("/").slice(0, -2).join("/"));

async function put(context: ArmContext, kind: ResourceKind, asked: KindRequest): Promise<Answer> {
  if (!kind.put) throw refuse("MethodNotAllowed", "PUT", kind.type);
  const request = fresh(context, kind, asked);
  const { body, name, existing: known } = request;
  if (!bodiesOfTheirOwn.has(kind.type)) knownOnly(body, envelope, kind.type);
  if (!known && kind.name && !kind.name.pattern.test(name)) {
    throw refuse("InvalidResourceName", name, kind.name.rule);
  }
  const nested = kind.scope !== "any" && kind.type.split("/").length > 2;
  if (nested && !request.parent) throw parentMissing(kind, request);
  const result = await kind.put(request);
  return isAnswer(result) ? result : store(context, kind, result, known ? 200 : kind.createdStatus);
}

async function patch(context: ArmContext, kind: ResourceKind, asked: KindRequest): Promise<Answer> {
  if (!kind.patch) throw refuse("MethodNotAllowed", "PATCH", kind.type);
  const request = existing(kind, fresh(context, kind, asked));
  if (!bodiesOfTheirOwn.has(kind.type)) knownOnly(request.body, envelope, kind.type);
  const result = await kind.patch(request);
  return isAnswer(result) ? result : store(context, kind, result, 200);
}

/** The request as things stand when its turn comes: another one may have made or removed the resource. */
function fresh({ resources }: ArmContext, kind: ResourceKind, request: KindRequest): KindRequest {
  if (kind.find) return { ...request, existing: kind.find(request) };
  const found = resources.get(request.id);
  const parent = request.parent && resources.get(request.parent.id);
  return { ...request, existing: found, parent };
}

function store(context: ArmContext, kind: ResourceKind, written: Written, status: number): Answer {
  context.resources.put(written.resource);
  if (!written.work) return { status, body: view(kind, written.resource) };
  const operation = context.operations.start(written.work);
  return {
    status: 201,
    body: view(kind, written.resource),
    headers: context.operations.statusHeaders(operation),
  };
}

async function remove(
  context: ArmContext,
  kind: ResourceKind,
  asked: KindRequest,
): Promise<Answer> {
  if (!kind.remove) throw refuse("MethodNotAllowed", "DELETE", kind.type);
  const request = fresh(context, kind, asked);
  if (!request.existing) {
    if (kind.type !== resourceTypes.resourceGroup) return { status: 204 };
    throw refuse("ResourceGroupNotFound", request.name);
  }
  if (kind.type !== resourceTypes.resourceGroup) {
    await removeResource(context, request.existing);
    const body = kind.showsRemoved ? view(kind, request.existing) : undefined;
    return { status: 200, ...(body === undefined ? {} : { body }) };
  }
  // the one deletion that takes time enough to be watched
  const group: Resource = {
    ...request.existing,
    properties: { ...request.existing.properties, provisioningState: "Deleting" },
  };
  context.resources.put(group);
  const operation = context.operations.start(() => removeResource(context, group));
  return { status: 202, headers: context.operations.resultHeaders(operation) };
}
