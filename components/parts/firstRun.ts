/** The run that a task needs before its triggers can do their work. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryTask } from "./registryTask";

/**
 * Runs a task once now, and again whenever its definition changes: only a run tells Azure which base image to watch.
 * @param opts `dependsOn` names what the run uses without having it from the task
 */
export function firstRun(
  task: RegistryTask,
  name: string,
  opts: pulumi.CustomResourceOptions,
): containerregistry.TaskRun {
  const { registry } = task;
  return new containerregistry.TaskRun(
    name,
    {
      taskRunName: name,
      registryName: registry.registryName,
      resourceGroupName: registry.resourceGroupName,
      location: registry.location,
      runRequest: { type: "TaskRunRequest", taskId: task.taskId },
      forceUpdateTag: task.definitionHash,
    },
    opts,
  );
}

/**
 * The id of a run that ended well. Azure fails the deployment of a run that did not; should one pass as deployed all
 * the same, the program ends here.
 * @throws {pulumi.RunError} with the run's id, the way to its log and the way on
 */
export function succeededRunId(run: containerregistry.TaskRun): pulumi.Output<string> {
  return pulumi.all([run.runResult, run.id, run.urn]).apply(([{ runId = "", status }, id, urn]) => {
    if (status === "Succeeded") return runId;
    throw new pulumi.RunError(describeFailedRun({ runId, status, id, urn }));
  });
}

/** What a person needs who meets a failed run. `id` is the ARM id of the task run. */
export function describeFailedRun(run: {
  runId: string;
  status: string | undefined;
  id: string;
  urn: string;
}): string {
  const [, registry = ""] = /\/registries\/([^/]+)\//i.exec(run.id) ?? [];
  return [
    `Run ${run.runId} of ${run.id.split("/").at(-1)} ended as ${run.status ?? "unknown"}.`,
    `Its log: az acr task logs --registry ${registry} --run-id ${run.runId}`,
    `Once mended: pulumi up --replace '${run.urn}'`,
  ].join("\n");
}
