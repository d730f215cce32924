/** What a run needs of a task: its stored resource with the secrets put back, and the registry it belongs to. */
import {
  taskDetails,
  type BaseImageTrigger,
  type CustomRegistryCredential,
  type TaskValue,
} from "../arm";
import type { ResourceStore } from "../contracts/resources";
import type { BaseImageDependency } from "../contracts/tasks";

export interface RunnableTask {
  id: string;
  name: string;
  registryId: string;
  registryName: string;
  loginServer: string;
  enabled: boolean;
  /** Seconds a run may take. */
  timeout: number;
  taskFilePath: string;
  contextPath: string;
  contextAccessToken?: string;
  valuesFilePath?: string;
  values: TaskValue[];
  /** Credentials for registries beside the task's own, by login server. */
  customRegistries: Record<string, CustomRegistryCredential>;
  /** Whether a run signs in to the task's own registry. */
  usesOwnRegistry: boolean;
  /** Object id of the task's managed identity. */
  principalId?: string;
  /** Source triggers that are switched on. */
  commitTriggers: { repositoryUrl: string; branch?: string }[];
  /** Kinds of base images whose change starts a run. */
  followedImages: readonly BaseImageDependency["type"][];
  /** Timer triggers that are switched on. */
  timers: { name: string; schedule: string }[];
  platform: { os: string; architecture: string };
}

const isEnabled = (status: string | undefined): boolean =>
  (status ?? "Enabled").toLowerCase() === "enabled";

/** The registry's part of a task's ARM id. */
export const registryIdOf = (taskId: string): string => taskId.replace(/\/tasks\/[^/]+\/?$/i, "");

function followedImages(trigger: BaseImageTrigger | undefined): RunnableTask["followedImages"] {
  if (!trigger || !isEnabled(trigger.status)) return [];
  return trigger.baseImageTriggerType === "All" ? ["Runtime", "BuildTime"] : ["Runtime"];
}

/** Reads a task out of the store; `undefined` when there is none with this ARM id. */
export function findTask(resources: ResourceStore, taskId: string): RunnableTask | undefined {
  const resource = resources.get(taskId);
  if (!resource) return undefined;
  const { status, timeout, step, trigger, credentials, platform } = taskDetails(resource);
  const registryId = registryIdOf(resource.id);
  const registryName = registryId.split("/").at(-1) ?? "";
  const loginServer = resources.get(registryId)?.properties.loginServer;
  const { sourceTriggers = [], timerTriggers = [], baseImageTrigger } = trigger ?? {};
  return {
    id: resource.id,
    name: resource.name,
    registryId,
    registryName,
    loginServer:
      typeof loginServer === "string" ? loginServer : `${registryName.toLowerCase()}.azurecr.io`,
    enabled: isEnabled(status),
    timeout: timeout ?? 3600,
    taskFilePath: step.taskFilePath,
    contextPath: step.contextPath,
    contextAccessToken: step.contextAccessToken || undefined,
    valuesFilePath: step.valuesFilePath || undefined,
    values: step.values ?? [],
    customRegistries: credentials?.customRegistries ?? {},
    usesOwnRegistry: credentials?.sourceRegistry?.loginMode !== "None",
    principalId: resource.identity?.principalId,
    commitTriggers: sourceTriggers
      .filter((each) => isEnabled(each.status))
      .map(({ sourceRepository: { repositoryUrl, branch } }) => ({ repositoryUrl, branch })),
    timers: timerTriggers.filter((each) => isEnabled(each.status)),
    followedImages: followedImages(baseImageTrigger),
    platform: {
      os: (platform?.os ?? "linux").toLowerCase(),
      architecture: (platform?.architecture ?? "amd64").toLowerCase(),
    },
  };
}
