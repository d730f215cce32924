/** Runs of tasks: Microsoft.ContainerRegistry/registries/runs and scheduleRun. They are kept by the task runner. */
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import type { Run, RunRequest, RunValue, TaskRuns } from "../../contracts/tasks";
import {
  knownOnly,
  listAt,
  objectAt,
  optionalChoice,
  optionalFlag,
  optionalText,
  textAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import type { Action, ArmServices, ResourceKind } from "../kind";
import { refuseTasksOnCredits } from "../resources/offer";
import { equalityTerms } from "../resources/resourceFilter";

export const runType = "Microsoft.ContainerRegistry/registries/runs";

/** A run in ARM's envelope. */
export function runResource(registryId: string, run: Run): Resource {
  const properties: Record<string, unknown> = { ...run };
  delete properties.pushedImages;
  return {
    id: `${registryId}/runs/${run.runId}`,
    name: run.runId,
    type: runType,
    properties,
  };
}

const requestTypes = [
  "TaskRunRequest",
  ...["DockerBuildRequest", "FileTaskRunRequest", "EncodedTaskRunRequest"],
] as const;

/**
 * Reads a run request of the only type served, TaskRunRequest.
 * @throws ArmError for other types, unknown members and a task that is not there or disabled.
 */
export function readRunRequest(
  resources: ResourceStore,
  registry: Resource,
  body: Json,
  path: string,
): RunRequest & { task: Resource } {
  const type = optionalChoice(body.type, requestTypes, `${path}.type`);
  if (type !== "TaskRunRequest") {
    throw refuse(
      "NotSupportedHere",
      `A run request of type '${type ?? "none"}'`,
      "make a task and send a TaskRunRequest with its id",
    );
  }
  const members = ["type", "taskId", "overrideTaskStepProperties", "isArchiveEnabled"];
  knownOnly(body, [...members, "agentPoolName", "logTemplate"], path);
  refuseSet(body, ["agentPoolName", "logTemplate"], path);
  optionalFlag(body.isArchiveEnabled, `${path}.isArchiveEnabled`);
  const taskId = textAt(body.taskId, `${path}.taskId`);
  const task = resources.get(taskId);
  const own = taskId.toLowerCase().startsWith(`${registry.id.toLowerCase()}/tasks/`);
  if (!task || !own || task.type !== resourceTypes.task) {
    throw refuse(
      "BadRequest",
      `The task '${taskId}' does not exist in registry '${registry.name}'.`,
    );
  }
  if (task.properties.status === "Disabled") throw refuse("TaskDisabled", task.name);
  const overrides = `${path}.overrideTaskStepProperties`;
  const values = readOverrides(objectAt(body.overrideTaskStepProperties, overrides), overrides);
  return { taskId: task.id, values, task };
}

function readOverrides(overrides: Json, path: string): RunValue[] {
  const others = ["arguments", "contextPath", "file", "target", "updateTriggerToken"];
  knownOnly(overrides, ["values", ...others], path);
  if (listAt(overrides.arguments, `${path}.arguments`).length > 0) {
    throw refuse(
      "NotSupportedHere",
      `'${path}.arguments'`,
      "file tasks take values, not arguments",
    );
  }
  refuseSet(overrides, others.slice(1), path);
  return listAt(overrides.values, `${path}.values`).map((entry, index) =>
    readValue(objectAt(entry, `${path}.values[${index}]`), `${path}.values[${index}]`),
  );
}

/** One `--set` or `--set-secret` value. */
export function readValue(entry: Json, path: string): RunValue & { isSecret: boolean } {
  // az sends a type of its own for each value
  knownOnly(entry, ["type", "name", "value", "isSecret"], path);
  if (typeof entry.value !== "string") {
    throw refuse("InvalidRequestContent", `'${path}.value' must be a text.`);
  }
  return {
    name: textAt(entry.name, `${path}.name`),
    value: entry.value,
    isSecret: optionalFlag(entry.isSecret, `${path}.isSecret`) ?? false,
  };
}

function refuseSet(bag: Json, names: string[], path: string): void {
  const given = names.find((name) => optionalText(bag[name], `${path}.${name}`) !== undefined);
  if (given === undefined) return;
  throw refuse("NotSupportedHere", `'${path}.${given}'`, "leave it out");
}

/** POST REGISTRY/scheduleRun. */
export const scheduleRun = ({ resources, runs, directory, quotaId }: ArmServices): Action => ({
  method: "POST",
  name: "scheduleRun",
  run({ existing: registry, body }) {
    const { subscriptionId } = directory;
    refuseTasksOnCredits({ quotaId }, { registry: registry.name, subscriptionId });
    const { taskId, values } = readRunRequest(resources, registry, body, "body");
    const run = runs.schedule({ taskId, values });
    return { status: 200, body: runResource(registry.id, run) };
  },
});

/** Run properties that `$filter` may compare; names without regard to case. */
const filterable: Readonly<Record<string, (run: Run) => string | undefined>> = {
  taskname: ({ task }) => task,
  status: ({ status }) => status,
  runid: ({ runId }) => runId,
  runtype: ({ runType: type }) => type,
};

export function runKind({ runs }: { runs: TaskRuns }): ResourceKind {
  return {
    type: runType,
    scope: "resourceGroup",
    createdStatus: 200,
    find({ parent, name }) {
      const run = parent && runs.get(parent.id, name);
      return run && runResource(parent.id, run);
    },
    list({ parent, query }) {
      if (!parent) return [];
      const top = Number(query.get("$top") ?? "100");
      if (!Number.isInteger(top) || top < 1) {
        throw refuse("InvalidFilterInQueryString", `$top=${query.get("$top")}`);
      }
      const filter = query.get("$filter");
      const terms = filter ? equalityTerms(filter) : [];
      const tests = terms.map(([name, value]) => {
        const reader = filterable[name.toLowerCase()];
        if (!reader) throw refuse("InvalidFilterInQueryString", filter ?? "");
        return (run: Run) => reader(run)?.toLowerCase() === value.toLowerCase();
      });
      return runs
        .list(parent.id)
        .filter((run) => tests.every((test) => test(run)))
        .slice(0, top)
        .map((run) => runResource(parent.id, run));
    },
    actions: {
      listlogsasurl: {
        method: "POST",
        name: "listLogSasUrl",
        run: ({ existing, id }) => ({
          status: 200,
          body: { logLink: runs.logUrl(registryOf(id), existing.name) },
        }),
      },
      cancel: {
        method: "POST",
        name: "cancel",
        async run({ existing, id }) {
          await runs.cancel(registryOf(id), existing.name);
          return { status: 200 };
        },
      },
    },
  };
}

/** The registry that an id of something below it begins with. */
export const registryOf = (id: string): string => /^.*?\/registries\/[^/]+/i.exec(id)?.[0] ?? id;
