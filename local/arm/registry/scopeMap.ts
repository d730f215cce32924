/** Microsoft.ContainerRegistry/registries/scopeMaps: what a token may do with which repositories. */
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { knownOnly, listAt, objectAt, optionalText, textAt } from "../body";
import { refuse } from "../errors";
import type { KindRequest, ResourceKind, Written } from "../kind";

const repositoryAction =
  /^repositories\/[a-z0-9*][a-z0-9._/*-]*\/(?:content\/(?:read|write|delete)|metadata\/(?:read|write))$/;
const gatewayAction = /^gateway\/[^/]+\/(?:config|message)\/(?:read|write)$/;

const every = (...actions: string[]): string[] =>
  actions.map((action) => `repositories/*/${action}`);

/** The maps that every registry is born with, under Azure's names. */
export const systemScopeMaps: Readonly<Record<string, { description: string; actions: string[] }>> =
  {
    _repositories_pull: {
      description: "Can pull any repository of the registry",
      actions: every("content/read"),
    },
    _repositories_push: {
      description: "Can push to any repository of the registry",
      actions: every("content/read", "content/write"),
    },
    _repositories_pull_metadata_read: {
      description: "Can perform all read operations on the registry",
      actions: every("content/read", "metadata/read"),
    },
    _repositories_push_metadata_write: {
      description: "Can perform all read and write operations on the registry",
      actions: every("metadata/read", "metadata/write", "content/read", "content/write"),
    },
    _repositories_admin: {
      description: "Can perform all read, write and delete operations on the registry",
      actions: every(
        ...["metadata/read", "metadata/write"],
        ...["content/read", "content/write", "content/delete"],
      ),
    },
  };

/** The system defined maps of a new registry, ready to be stored. */
export const systemScopeMapsOf = (registryId: string): Resource[] =>
  Object.entries(systemScopeMaps).map(([name, { description, actions }]) => ({
    id: `${registryId}/scopeMaps/${name}`,
    name,
    type: resourceTypes.scopeMap,
    properties: {
      type: "SystemDefined",
      description,
      actions,
      creationDate: new Date().toISOString(),
      provisioningState: "Succeeded",
    },
  }));

export function scopeMapKind({ resources }: { resources: ResourceStore }): ResourceKind {
  function write({ id, name, body, existing }: KindRequest, keep: boolean): Written {
    if (existing?.properties.type === "SystemDefined" || name in systemScopeMaps) {
      throw refuse("SystemDefinedScopeMap", name);
    }
    const given = objectAt(body.properties, "properties");
    const readOnly = ["type", "creationDate", "provisioningState"];
    knownOnly(given, ["description", "actions", ...readOnly], "properties");
    const kept = keep ? existing?.properties : undefined;
    const actions =
      given.actions === undefined && kept ? kept.actions : checkedActions(given.actions);
    const description =
      optionalText(given.description, "properties.description") ?? kept?.description;
    return {
      resource: {
        id,
        name,
        type: resourceTypes.scopeMap,
        properties: {
          type: "UserDefined",
          ...(description === undefined ? {} : { description }),
          actions,
          creationDate: existing?.properties.creationDate ?? new Date().toISOString(),
          provisioningState: "Succeeded",
        },
      },
    };
  }

  return {
    type: resourceTypes.scopeMap,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9_-]{5,50}$/,
      rule: "a scope map name has 5 to 50 letters, digits, '-' and '_'",
    },
    createdStatus: 200,
    put: (request) => write(request, false),
    patch: (request) => write(request, true),
    remove({ id, name, properties }) {
      if (properties.type === "SystemDefined") throw refuse("SystemDefinedScopeMap", name);
      const users = resources
        .list({ type: resourceTypes.token, under: id.replace(/\/scopeMaps\/[^/]+$/i, "") })
        .filter((token) => String(token.properties.scopeMapId).toLowerCase() === id.toLowerCase());
      if (users.length > 0) {
        throw refuse("ScopeMapInUse", name, users.map((token) => token.name).join(", "));
      }
    },
  };
}

function checkedActions(value: unknown): string[] {
  const actions = listAt(value, "properties.actions").map((action, index) =>
    textAt(action, `properties.actions[${index}]`),
  );
  if (actions.length === 0) throw refuse("BadRequest", "A scope map needs at least one action.");
  const odd = actions.find(
    (action) => !repositoryAction.test(action) && !gatewayAction.test(action),
  );
  if (odd !== undefined) {
    throw refuse(
      "BadRequest",
      `The scope map action '${odd}' is invalid; write repositories/REPOSITORY/ACTION with ACTION one of ` +
        "content/read, content/write, content/delete, metadata/read, metadata/write.",
    );
  }
  return actions;
}
