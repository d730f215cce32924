/** Microsoft.ContainerRegistry/registries/tasks. */
import { resourceTypes, type Resource } from "../../contracts/resources";
import type { BaseImageDependency } from "../../contracts/tasks";
import {
  isObject,
  knownOnly,
  mergePatch,
  normalLocation,
  objectAt,
  optionalText,
  tagsAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import {
  plainView,
  type ArmServices,
  type KindRequest,
  type ResourceKind,
  type Written,
} from "../kind";
import { detailsBag, hideSecrets, type TaskDetails } from "./taskModel";
import { readTask } from "./taskReader";

export function taskKind(services: ArmServices): ResourceKind {
  const { directory, gitHost, runs } = services;

  function write(request: KindRequest, body: Json, checkSource: boolean): Written {
    const { id, name, existing, parent } = request;
    const location =
      optionalText(body.location, "location") ?? existing?.location ?? parent?.location;
    if (location === undefined) throw refuse("LocationRequired");
    if (existing?.location !== undefined && existing.location !== normalLocation(location)) {
      throw refuse("InvalidResourceLocation", name, existing.location);
    }
    const details = readTask(objectAt(body.properties, "properties"));
    if (checkSource) checkSourceTriggers(name, details);
    const wanted = wantedIdentity(body.identity);
    const tags = tagsAt(body.tags) ?? {};
    // nothing is refused from here on, so an identity is never made for a task that is not
    const { properties, secret } = hideSecrets(details);
    return {
      resource: {
        id,
        name,
        type: resourceTypes.task,
        location: normalLocation(location),
        tags,
        identity: identityFor(name, wanted, existing),
        properties: {
          ...properties,
          isSystemTask: false,
          creationDate: existing?.properties.creationDate ?? new Date().toISOString(),
          provisioningState: "Succeeded",
        },
        secret,
      },
    };
  }

  function checkSourceTriggers(task: string, { trigger }: TaskDetails): void {
    for (const { status, sourceRepository } of trigger.sourceTriggers ?? []) {
      if (status === "Disabled") continue;
      const [url = ""] = sourceRepository.repositoryUrl.split("#");
      const verdict = gitHost.check(url, sourceRepository.sourceControlAuthProperties?.token);
      if (verdict === "ok") continue;
      const advice =
        verdict === "token refused"
          ? "give a personal access token with the scopes repo and admin:repo_hook"
          : "check the repository's URL";
      throw refuse("SourceTriggerRefused", task, url, verdict, advice);
    }
  }

  function identityFor(
    name: string,
    wanted: "SystemAssigned" | "None" | undefined,
    existing: Resource | undefined,
  ): Resource["identity"] {
    const current = existing?.identity;
    if (wanted === undefined) return current;
    if (wanted === "None") {
      if (current?.principalId !== undefined) directory.remove(current.principalId);
      return undefined;
    }
    if (current?.principalId !== undefined) return current;
    const { objectId } = directory.createManagedIdentity(name);
    return { type: wanted, principalId: objectId, tenantId: directory.tenantId };
  }

  return {
    type: resourceTypes.task,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9_-]{5,50}$/,
      rule: "a task name has 5 to 50 letters, digits, '-' and '_'",
    },
    // az acr task create prints nothing after a 201
    createdStatus: 200,
    put: (request) => write(request, request.body, true),
    patch(request) {
      const { existing, body } = request;
      const patched = objectAt(body.properties, "properties");
      const before = detailsBag(existing);
      const merged = {
        location: existing.location,
        tags: body.tags ?? existing.tags,
        identity: body.identity,
        properties: mergeTask(before, patched),
      };
      const touchesSource =
        isObject(patched.trigger) && patched.trigger.sourceTriggers !== undefined;
      return write(request, merged, touchesSource);
    },
    remove(task) {
      releaseTask(services, task);
    },
    view: (task) => ({
      ...plainView(task),
      properties: withDependencies(task.properties, runs.trackedBaseImages(task.id)),
    }),
    actions: {
      listdetails: {
        method: "POST",
        name: "listDetails",
        run: ({ existing }) => ({
          status: 200,
          body: { ...plainView(existing), properties: detailsBag(existing) },
        }),
      },
    },
  };
}

/** Ends what hangs on a task that is about to go: its identity and what its runs tracked. Role assignments stay, as in Azure. */
export function releaseTask({ directory, runs }: ArmServices, task: Resource): void {
  if (task.identity?.principalId !== undefined) directory.remove(task.identity.principalId);
  runs.forgetTask(task.id);
}

/** What the last successful run really built on; absent before the first. */
function withDependencies(properties: Json, baseImageDependencies: BaseImageDependency[]): Json {
  if (baseImageDependencies.length === 0) return properties;
  return { ...properties, step: { ...objectAt(properties.step, "step"), baseImageDependencies } };
}

function wantedIdentity(value: unknown): "SystemAssigned" | "None" | undefined {
  const identity = objectAt(value, "identity");
  // an echo of an answer carries the ids
  const echoes = ["principalId", "tenantId", "userAssignedIdentities"];
  knownOnly(identity, ["type", ...echoes], "identity");
  const type = optionalText(identity.type, "identity.type");
  if (type === undefined) return undefined;
  if (type.toLowerCase() === "systemassigned") return "SystemAssigned";
  if (type.toLowerCase() === "none") return "None";
  throw refuse("NotSupportedHere", `A task identity of type '${type}'`, "use SystemAssigned");
}

/**
 * A PATCH on a whole task: a merge patch, in which values, source and timer triggers are merged by
 * their names, and a registry's credential is replaced as one.
 */
function mergeTask(before: Json, patch: Json): Json {
  const merged = objectAt(mergePatch(before, patch), "properties");
  const stepPatch = objectAt(patch.step, "properties.step");
  const step = objectAt(merged.step, "properties.step");
  if (Array.isArray(stepPatch.values)) {
    step.values = mergeByName(
      objectAt(before.step, "step").values,
      stepPatch.values,
      (_old, value) => value,
    );
  }
  const triggerPatch = objectAt(patch.trigger, "properties.trigger");
  const trigger = objectAt(merged.trigger, "properties.trigger");
  for (const list of ["sourceTriggers", "timerTriggers"]) {
    const given = triggerPatch[list];
    if (!Array.isArray(given)) continue;
    trigger[list] = mergeByName(objectAt(before.trigger, "trigger")[list], given, mergePatch);
  }
  const credentials = objectAt(merged.credentials, "properties.credentials");
  const custom = objectAt(credentials.customRegistries, "properties.credentials.customRegistries");
  const customPatch = objectAt(
    objectAt(patch.credentials, "properties.credentials").customRegistries,
    "properties.credentials.customRegistries",
  );
  for (const [server, credential] of Object.entries(customPatch)) {
    if (credential !== null) custom[server] = credential;
  }
  return merged;
}

function mergeByName(
  before: unknown,
  patch: unknown[],
  merge: (old: unknown, change: unknown) => unknown,
): unknown[] {
  const merged = Array.isArray(before) ? [...before] : [];
  for (const change of patch) {
    const at = merged.findIndex(
      (old) => isObject(old) && isObject(change) && old.name === change.name,
    );
    if (at < 0) merged.push(change);
    else merged[at] = merge(merged[at], change);
  }
  return merged;
}
