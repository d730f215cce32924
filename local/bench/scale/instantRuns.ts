/** ACR Tasks without work: a run has succeeded as soon as it is asked for, and what it would have built on is tracked. */
import { createHash } from "node:crypto";
import type { ResourceStore } from "../../contracts/resources";
import type { BaseImageDependency, Run, TaskRuns } from "../../contracts/tasks";

interface TaskStep {
  values?: { name: string; value: string }[];
}

export function openInstantRuns(resources: ResourceStore): TaskRuns {
  const byRegistry = new Map<string, Run[]>();
  const runsOf = (registryId: string): Run[] => byRegistry.get(registryId.toLowerCase()) ?? [];
  const find = (registryId: string, runId: string): Run | undefined =>
    runsOf(registryId).find((run) => run.runId === runId);

  return {
    schedule({ taskId }) {
      const registryId = taskId.replace(/\/tasks\/[^/]+$/, "");
      const now = new Date().toISOString();
      const run: Run = {
        runId: `ca${(runsOf(registryId).length + 1).toString(36)}`,
        status: "Succeeded",
        runType: "QuickRun",
        task: taskId.split("/").at(-1) ?? "",
        createTime: now,
        startTime: now,
        finishTime: now,
        lastUpdatedTime: now,
        provisioningState: "Succeeded",
        platform: { os: "linux", architecture: "amd64" },
        isArchiveEnabled: false,
      };
      byRegistry.set(registryId.toLowerCase(), [run, ...runsOf(registryId)]);
      return run;
    },
    list: (registryId) => [...runsOf(registryId)],
    get: find,
    finished(registryId, runId) {
      const run = find(registryId, runId);
      return run ? Promise.resolve(run) : Promise.reject(new Error(`there is no run ${runId}`));
    },
    cancel: () => Promise.resolve(),
    logUrl(_registryId, runId) {
      throw new Error(`run ${runId} did nothing, so it has no log`);
    },
    trackedBaseImages: (taskId) => trackedBy(resources.get(taskId)?.properties["step"] as TaskStep),
    forgetTask: () => undefined,
    forgetRegistry(registryId) {
      byRegistry.delete(registryId.toLowerCase());
      return Promise.resolve();
    },
  };
}

/** The image that a task file of this project builds on, as the task's values say. */
function trackedBy(step: TaskStep | undefined): BaseImageDependency[] {
  const value = (wanted: string): string =>
    step?.values?.find(({ name }) => name === wanted)?.value ?? "";
  const registry = value("REGISTRY_FROM_URL").replace(/\/$/, "");
  const [repository, tag] = [value("IMAGE"), value("TAG")];
  if (!registry || !repository) return [];
  const digest = createHash("sha256").update(`${registry}/${repository}:${tag}`).digest("hex");
  return [{ type: "Runtime", registry, repository, tag, digest: `sha256:${digest}` }];
}
