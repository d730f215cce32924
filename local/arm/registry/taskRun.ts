/**
 * Microsoft.ContainerRegistry/registries/taskRuns: a run as a resource. Putting one starts a run, and the
 * put ends with the run. The resource stays, Failed, when the run fails.
 */
import { createHash } from "node:crypto";
import { resourceTypes, type Resource } from "../../contracts/resources";
import type { Run } from "../../contracts/tasks";
import { isObject, knownOnly, objectAt, optionalText, present, tagsAt, type Json } from "../body";
import { refuse } from "../errors";
import {
  plainView,
  type ArmServices,
  type KindRequest,
  type ResourceKind,
  type Written,
} from "../kind";
import { readRunRequest, registryOf, runResource } from "./runs";

export function taskRunKind(services: ArmServices): ResourceKind {
  const { resources, runs, log } = services;
  /** What is still going on, by lower-case id. A second put of the same request waits for the same run. */
  const going = new Map<string, Promise<void>>();

  /** Follows the run to its end and writes the outcome down. */
  function follow(id: string, runId: string, task: string): Promise<void> {
    const key = id.toLowerCase();
    const registryId = registryOf(id);
    const work = runs
      .finished(registryId, runId)
      .then((run) => conclude(id, run, task))
      .finally(() => {
        if (going.get(key) === work) going.delete(key);
      });
    going.set(key, work);
    return work;
  }

  function conclude(id: string, run: Run, task: string): void {
    const resource = resources.get(id);
    const succeeded = run.status === "Succeeded";
    // removed meanwhile, or replaced by a newer run: the outcome is the run's alone
    if (resource && runOf(resource)?.name === run.runId) {
      const runResult = runResource(registryOf(id), run);
      const provisioningState = succeeded ? "Succeeded" : "Failed";
      resources.put({
        ...resource,
        properties: { ...resource.properties, provisioningState, runResult },
      });
    }
    if (!succeeded) throw failure(id, run, task);
  }

  function put(request: KindRequest): Written {
    const { id, name, body, existing, parent } = request;
    if (!parent) throw refuse("ParentResourceNotFound", resourceTypes.taskRun, registryOf(id));
    const given = objectAt(body.properties, "properties");
    const readOnly = ["provisioningState", "runResult"];
    knownOnly(given, ["runRequest", "forceUpdateTag", ...readOnly], "properties");
    refuseIdentity(body.identity);
    const runRequest = objectAt(given.runRequest, "properties.runRequest");
    const path = "properties.runRequest";
    const { taskId, values, task } = readRunRequest(resources, parent, runRequest, path);
    const forceUpdateTag = optionalText(given.forceUpdateTag, "properties.forceUpdateTag");
    const fingerprint = createHash("sha256")
      .update(JSON.stringify([taskId.toLowerCase(), values, forceUpdateTag ?? null]))
      .digest("hex");
    const location = optionalText(body.location, "location") ?? parent.location;

    const same = existing?.secret?.fingerprint === fingerprint;
    const current = going.get(id.toLowerCase());
    if (existing && same && current) return { resource: existing, work: () => current };
    if (existing && same && existing.properties.provisioningState === "Succeeded") {
      return { resource: { ...existing, tags: tagsAt(body.tags) ?? existing.tags } };
    }

    const run = runs.schedule({ taskId, values });
    const resource: Resource = {
      id,
      name,
      type: resourceTypes.taskRun,
      location,
      tags: tagsAt(body.tags) ?? {},
      properties: {
        provisioningState: existing ? "Updating" : "Creating",
        runRequest: shownRequest(runRequest),
        ...(forceUpdateTag === undefined ? {} : { forceUpdateTag }),
        runResult: runResource(parent.id, run),
      },
      secret: { fingerprint },
    };
    return { resource, work: () => follow(id, run.runId, task.name) };
  }

  return {
    type: resourceTypes.taskRun,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9-]{5,50}$/,
      rule: "a task run name has 5 to 50 letters, digits and '-'",
    },
    createdStatus: 201,
    put,
    async remove(resource) {
      const run = runOf(resource);
      if (run && going.has(resource.id.toLowerCase())) {
        await runs.cancel(registryOf(resource.id), run.name);
      }
    },
    view(resource) {
      const registryId = registryOf(resource.id);
      const run = runOf(resource);
      const live = run && runs.get(registryId, run.name);
      const runResult = live ? runResource(registryId, live) : run;
      return { ...plainView(resource), properties: { ...resource.properties, runResult } };
    },
    resume(resource) {
      const state = String(resource.properties.provisioningState);
      if (!["Creating", "Updating"].includes(state)) return;
      const run = runOf(resource);
      const registryId = registryOf(resource.id);
      if (run && runs.get(registryId, run.name)) {
        follow(resource.id, run.name, String(objectAt(run.properties, "run").task)).catch(
          (error: Error) => log(`resource manager: ${error.message}`),
        );
        return;
      }
      const properties = { ...resource.properties, provisioningState: "Failed" };
      resources.put({ ...resource, properties });
    },
  };
}

/** The stored run of a task run, as it was when it was last written. */
function runOf({ properties }: Resource): Resource | undefined {
  return isObject(properties.runResult) ? (properties.runResult as unknown as Resource) : undefined;
}

function failure(id: string, run: Run, task: string): Error {
  const cause = (run.runErrorMessage ?? "no cause is known")
    .replace(/\s+/g, " ")
    .replace(/\.$/, "");
  const name = id.split("/").at(-1) ?? "";
  const registry = registryOf(id).split("/").at(-1) ?? "";
  return refuse("TaskRunFailed", name, task, run.runId, run.status, cause, registry);
}

/** The request without the values of `--set-secret`. */
function shownRequest(request: Json): Json {
  const overrides = objectAt(request.overrideTaskStepProperties, "overrideTaskStepProperties");
  if (!Array.isArray(overrides.values)) return request;
  const values = overrides.values.map((value: Json) =>
    value.isSecret === true ? present({ ...value, value: undefined }) : value,
  );
  return { ...request, overrideTaskStepProperties: { ...overrides, values } };
}

function refuseIdentity(value: unknown): void {
  const type = optionalText(objectAt(value, "identity").type, "identity.type");
  if (type !== undefined && type !== "None") {
    throw refuse("NotSupportedHere", "A task run's own identity", "the task's identity is used");
  }
}
