/** The run that a task needs before its triggers can do their work. */
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { BaseImage } from "./imageSource";
import { fault, stillThere } from "./lookUp";
import type { RegistryTask } from "./registryTask";

export interface FirstRunArgs {
  /** The image that must be there afterwards: a repository of the task's registry, or `REPOSITORY:TAG`. */
  makes: pulumi.Input<string>;
  /** Takes the tag back to a promotion, instead of importing: which one, see `promotedImage`. */
  restore?: Record<string, pulumi.Input<string>>;
  /** What else is a reason for a new run when it changes. */
  againOn?: pulumi.Input<string>[];
  /** What the run uses without having it from the task. */
  dependsOn: pulumi.Input<pulumi.Resource>[];
}

/** A task that watches, as the stack's outputs show it. */
export interface ArmedTask {
  /** The task's name. */
  name: string;
  registry: pulumi.Output<string>;
  taskId: pulumi.Output<string>;
  /** The run that armed its base image trigger. */
  armedBy: pulumi.Output<string>;
}

export interface FirstRun {
  /** What others wait for who need the image that the task makes. */
  run: command.local.Command;
  armed: ArmedTask;
}

/**
 * Runs a task once now, and again whenever its definition changes or it was made anew: only a run tells Azure which base
 * image to watch. A run that fails, makes no image or leaves the task watching nothing fails the `pulumi up`, and the next
 * one runs the task again. A script does it, because azure-native cannot wait for a TaskRun (its issue 1713).
 */
export function firstRun(
  name: string,
  task: RegistryTask,
  { makes, restore, againOn, dependsOn }: FirstRunArgs,
  opts: pulumi.CustomResourceOptions,
): FirstRun {
  const { registryName, resourceGroupName } = task.registry;
  const run = new command.local.Command(
    name,
    {
      create: "node firstRun.cjs",
      ...azureScripts({
        TASK_ID: task.taskId,
        DEFINITION: task.definitionHash,
        // A task that was made anew has another one, whatever its id.
        IDENTITY: task.principalId,
        MAKES: makes,
        ...(restore ? { RESTORE: pulumi.jsonStringify(restore) } : {}),
        ...(againOn ? { AGAIN_ON: pulumi.jsonStringify(againOn) } : {}),
      }),
      // The run's log, for whoever waits; stdout is for the program alone.
      logging: command.local.Logging.Stderr,
    },
    pulumi.mergeOptions(opts, {
      dependsOn: [task, ...dependsOn],
      // A task's log may hold what its author did not mean to show.
      additionalSecretOutputs: ["stderr"],
    }),
  );
  const armedBy = pulumi
    .all([pulumi.unsecret(run.stdout), registryName, resourceGroupName, task.taskName])
    .apply(async ([printed, registryName, resourceGroupName, taskName]) => {
      const found = await stillThere(
        `Task ${taskName} of registry ${registryName}`,
        containerregistry.getTask({ registryName, resourceGroupName, taskName }, { parent: task }),
      );
      const asleep = found && sleeping(found);
      if (asleep) await fault(`Task ${taskName} ${asleep}`);
      return (JSON.parse(printed) as { run: string }).run;
    });
  return { run, armed: { name: task.name, registry: registryName, taskId: task.taskId, armedBy } };
}

/** First runs of a component's tasks, one for each image that it makes. */
export interface ImageRuns {
  tasks: ArmedTask[];
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
    tasks: [...runs.values()].map(({ armed }) => armed),
    ready: ({ name }) => [runs.get(name)?.run ?? component],
  };
}

/** Tasks by their names, which must differ: for the stack's outputs. */
export const byName = (tasks: readonly ArmedTask[]): Record<string, Omit<ArmedTask, "name">> =>
  Object.fromEntries(tasks.map(({ name, ...task }) => [name, task]));

/** Why a task would not run by itself, and the way on; nothing where it would. */
export function sleeping({
  trigger,
}: Pick<containerregistry.GetTaskResult, "trigger">): string | undefined {
  const source = trigger?.sourceTriggers?.[0]?.status ?? "absent";
  const baseImage = trigger?.baseImageTrigger?.status ?? "absent";
  return source === "Enabled" && baseImage === "Enabled"
    ? undefined
    : `does not watch: its source trigger is ${source}, its base image trigger ${baseImage}; run: pulumi up --refresh`;
}
