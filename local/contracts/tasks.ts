/** ACR Tasks, as the resource manager sees them. Shapes follow Microsoft's containerregistry_build swagger. */

export type RunStatus =
  "Queued" | "Started" | "Running" | "Succeeded" | "Failed" | "Canceled" | "Error" | "Timeout";

export interface ImageReference {
  registry: string;
  repository: string;
  tag?: string;
  digest?: string;
}

/** A base image that a task's builds stand on: of the image that is shipped, or of a stage that only builds. */
export interface BaseImageDependency extends ImageReference {
  type: "Runtime" | "BuildTime";
}

/** One value given to a run beside the task's own (`--set`, `--set-secret`). */
export interface RunValue {
  name: string;
  value: string;
  isSecret?: boolean;
}

/** What made a run start; at most one is set, none means a manual run. */
export interface RunTrigger {
  sourceTrigger?: {
    id: string;
    /** As the TRIGGER column of `az acr task list-runs` shows it. */
    eventType: "Commit";
    commitId: string;
    repositoryUrl: string;
    branchName: string;
    provider: "Github";
  };
  timerTrigger?: {
    timerTriggerName: string;
    /** The minute that the schedule named, ISO 8601. */
    scheduleOccurrence: string;
  };
  imageUpdateTrigger?: { id: string; timestamp: string; images: ImageReference[] };
}

/** A task run, as `properties` of Microsoft.ContainerRegistry/registries/runs. */
export interface Run extends RunTrigger {
  runId: string;
  status: RunStatus;
  runType: "QuickRun" | "AutoRun";
  /** Task name; runs without a task are not supported. */
  task: string;
  createTime: string;
  startTime?: string;
  finishTime?: string;
  lastUpdatedTime?: string;
  /** What the run's build steps made, pushed or not; only what was pushed has a digest. */
  outputImages?: ImageReference[];
  /** What the run's push steps pushed. For this machine's own reports: Azure does not tell. */
  pushedImages?: ImageReference[];
  runErrorMessage?: string;
  provisioningState: "Succeeded" | "Creating";
  platform: { os: string; architecture: string };
  isArchiveEnabled: boolean;
}

export interface RunRequest {
  /** ARM id of the task. */
  taskId: string;
  values?: RunValue[];
}

export interface TaskRuns {
  /** Queues a run and returns it at once. The task must exist. */
  schedule(request: RunRequest): Run;
  /** Newest first. `registryId` is an ARM id. */
  list(registryId: string): Run[];
  get(registryId: string, runId: string): Run | undefined;
  /** Resolves with the run once its status is final. */
  finished(registryId: string, runId: string): Promise<Run>;
  /** Ends a queued or running run as Canceled; does nothing to a finished one. */
  cancel(registryId: string, runId: string): Promise<void>;
  /** A signed URL of the run's log, on `*.blob.core.windows.net`, good for an hour. */
  logUrl(registryId: string, runId: string): string;
  /** The base images that the task's last successful run built on. */
  trackedBaseImages(taskId: string): BaseImageDependency[];
  /** Forgets what a deleted task tracked. */
  forgetTask(taskId: string): void;
  /** Cancels and removes all runs and logs of a deleted registry. */
  forgetRegistry(registryId: string): Promise<void>;
}
