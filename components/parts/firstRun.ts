/** The run that a task needs before its triggers can do their work, and whether they do since. */
import { AsyncResource } from "node:async_hooks";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { BaseImage } from "./imageSource";
import { hashOf, type RegistryTask } from "./registryTask";

export interface FirstRunArgs {
  /** Values beside the task's own, for this run. A change of theirs is a reason for a new run too. */
  values?: Record<string, pulumi.Input<string>>;
  /** What else is a reason for a new run when it changes. */
  againOn?: pulumi.Input<string>;
  /** What the run uses without having it from the task. */
  dependsOn: pulumi.Input<pulumi.Resource>[];
}

/** What a task's definition says of its watching. */
export interface Watch {
  baseImages: string[];
  sourceTrigger: string;
  baseImageTrigger: string;
}

/** A task that has run, as the stack's outputs show it. */
export interface WatchingTask {
  /** The task's name. */
  name: string;
  registry: pulumi.Output<string>;
  taskId: pulumi.Output<string>;
  /** The run that armed the base image trigger. */
  firstRun: pulumi.Output<string>;
  /** The base images whose changes start a run, each `REGISTRY/REPOSITORY:TAG@DIGEST`. */
  baseImages: pulumi.Output<string[]>;
  sourceTrigger: pulumi.Output<string>;
  baseImageTrigger: pulumi.Output<string>;
}

export interface FirstRun {
  /** What others wait for who need the image that the task makes. */
  run: containerregistry.TaskRun;
  watching: WatchingTask;
}

/**
 * Runs a task once now, and again whenever its definition changes: only a run tells Azure which base image to watch. A
 * run that fails, or leaves the task watching nothing, fails the `pulumi up`.
 */
export function firstRun(
  name: string,
  task: RegistryTask,
  { values, againOn, dependsOn }: FirstRunArgs,
  opts: pulumi.CustomResourceOptions,
): FirstRun {
  const { registryName, resourceGroupName, location } = task.registry;
  const given = pulumi
    .output(values ?? {})
    .apply((all) => Object.entries(all).map(([name, value]) => ({ name, value, isSecret: false })));
  const run = new containerregistry.TaskRun(
    name,
    {
      taskRunName: name,
      registryName,
      resourceGroupName,
      location,
      runRequest: {
        type: "TaskRunRequest",
        taskId: task.taskId,
        ...(values ? { overrideTaskStepProperties: { values: given } } : {}),
      },
      forceUpdateTag:
        values || againOn
          ? pulumi.all([task.definitionHash, given, againOn]).apply(hashOf)
          : task.definitionHash,
    },
    pulumi.mergeOptions(opts, {
      dependsOn: [task, ...dependsOn],
      // Bound, because the engine's call comes from outside of the program, where nothing knows its engine.
      hooks: { onError: [new pulumi.ErrorHook(`${name}-log`, AsyncResource.bind(showLog))] },
    }),
  );
  const armed = containerregistry
    .getTaskOutput(
      { registryName, resourceGroupName, taskName: task.taskName },
      { parent: task, dependsOn: [run] },
    )
    // A preview tells of a trigger that somebody switched off; only an `up` can be expected to have mended it.
    .apply((found) => watchedBy(found, pulumi.runtime.isDryRun()));
  return {
    run,
    watching: {
      name: task.name,
      registry: registryName,
      taskId: task.taskId,
      firstRun: succeededRunId(run),
      baseImages: armed.baseImages,
      sourceTrigger: armed.sourceTrigger,
      baseImageTrigger: armed.baseImageTrigger,
    },
  };
}

/** First runs of a component's tasks, one for each image that it makes. */
export interface ImageRuns {
  tasks: WatchingTask[];
  /** What to wait for before the image is pulled: its own run, or for an image of nobody's the whole component. */
  ready(image: BaseImage): pulumi.Resource[];
}

export function firstRunsOf<Image extends BaseImage>(
  component: pulumi.ComponentResource,
  images: readonly Image[],
  make: (image: Image) => FirstRun,
): ImageRuns {
  const runs = new Map(images.map((image) => [image.name, make(image)]));
  return {
    tasks: [...runs.values()].map(({ watching }) => watching),
    ready: ({ name }) => [runs.get(name)?.run ?? component],
  };
}

/**
 * @param lenient whether a task that watches nothing is let pass
 * @throws {pulumi.RunError} that names the task, what it does not watch, and the way on
 */
export function watchedBy(
  { name, step, trigger }: containerregistry.GetTaskResult,
  lenient: boolean,
): Watch {
  const baseImages = (step?.baseImageDependencies ?? [])
    .filter(({ type }) => type !== "BuildTime")
    .map(({ registry, repository, tag, digest }) => `${registry}/${repository}:${tag}@${digest}`);
  const sourceTrigger = trigger?.sourceTriggers?.[0]?.status ?? "absent";
  const baseImageTrigger = trigger?.baseImageTrigger?.status ?? "absent";
  const fault =
    baseImages.length === 0
      ? `did not arm its base image trigger: the run built on no image; its task file needs a build step`
      : [sourceTrigger, baseImageTrigger].some((status) => status !== "Enabled")
        ? `does not watch: its source trigger is ${sourceTrigger}, its base image trigger ${baseImageTrigger}; run: pulumi up --refresh`
        : undefined;
  if (fault && !lenient) throw new pulumi.RunError(`Task ${name} ${fault}`);
  return { baseImages, sourceTrigger, baseImageTrigger };
}

/**
 * The id of a run that ended well. Azure fails the deployment of a run that did not; should one pass as deployed all
 * the same, the program ends here.
 * @throws {pulumi.RunError} with the run's id, the way to its log and the way on
 */
export function succeededRunId(run: containerregistry.TaskRun): pulumi.Output<string> {
  return pulumi
    .all([run.runResult, run.id, run.urn])
    .apply(async ([{ runId = "", status }, id, urn]) => {
      if (status === "Succeeded") return runId;
      const log = await endOfLog(id);
      throw new pulumi.RunError(`${describeFailedRun({ runId, status, id, urn })}\n${log}`);
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

/** Tells how the log of a run ends that Azure did not let pass. The operation stays as failed as it is. */
async function showLog({ name, newInputs = {} }: pulumi.ErrorHookArgs): Promise<boolean> {
  const { taskId = "" } = newInputs["runRequest"] as { taskId?: string };
  const log = await endOfLog(taskId.replace(/\/tasks\/[^/]+$/, `/taskRuns/${name}`));
  if (log) await pulumi.log.error(log);
  return false;
}

/** @returns nothing where there is no log to be had, so that it hides no error that matters more */
async function endOfLog(taskRunId: string): Promise<string> {
  try {
    const { stdout } = await command.local.run({
      command: "node runLog.cjs",
      ...azureScripts({}),
      environment: { TASK_RUN_ID: taskRunId },
    });
    return stdout;
  } catch {
    return "";
  }
}
