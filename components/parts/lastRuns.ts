/** What the tasks did last. */
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { azureScripts } from "./azureScripts";
import type { WatchingTask } from "./firstRun";

export interface LastRun {
  run: string;
  status: string;
  /** `Commit`, `Image Update`, `Timer` or `Manual`, as `az acr task list-runs` has it. */
  trigger: string;
}

/** A task with its last run. Looked up afresh by each preview, because the tasks go on without Pulumi. */
export type TaskStatus = Omit<WatchingTask, "name"> & {
  lastRun: pulumi.Output<LastRun | undefined>;
};

/** @returns the tasks by their names, which must differ */
export function withLastRuns(tasks: WatchingTask[]): Record<string, TaskStatus> {
  const printed = command.local.runOutput({
    command: "node lastRuns.cjs",
    ...azureScripts({
      // The id of a task whose first run is still to come would be known too early.
      TASK_IDS: pulumi
        .all(tasks.map(({ taskId, firstRun }) => pulumi.all([taskId, firstRun])))
        .apply((ids) => JSON.stringify(ids.map(([id]) => id))),
    }),
  });
  const runs = printed.stdout.apply((text) => JSON.parse(text) as Record<string, LastRun>);
  return Object.fromEntries(
    tasks.map(({ name, ...task }) => [
      name,
      { ...task, lastRun: pulumi.all([runs, task.taskId]).apply(([byId, id]) => byId[id]) },
    ]),
  );
}
