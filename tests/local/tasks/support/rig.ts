/** Task runs on fakes: real git, a real HTTPS vault, recorded containers, and triggers that a test fires by hand. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerRegistries, PushEvent } from "../../../../local/contracts/containerRegistry";
import type { GitHost, GitPush } from "../../../../local/contracts/gitHost";
import type { Directory, Principal } from "../../../../local/contracts/identity";
import { resourceTypes, type Resource } from "../../../../local/contracts/resources";
import type { Run, RunValue } from "../../../../local/contracts/tasks";
import { openResourceStore } from "../../../../local/kernel/resourceStore";
import { openTaskRuns, type TaskRunsService } from "../../../../local/tasks";
import type { Clock } from "../../../../local/tasks/timers";
import { createFakeContainers } from "./fakeContainers";
import { openGitServer } from "./gitServer";
import { createFakeVault } from "./vault";
import { openWire } from "./wire";

export const gitToken = "ghp_a-token-to-read-the-source";
export const repositoryUrl = "https://github.com/o/r.git";
export const registryId =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/contoso";
export const taskId = `${registryId}/tasks/import-node`;
const principal: Principal = {
  objectId: "1b0d5a70-0000-4000-8000-000000000001",
  appId: "1b0d5a70-0000-4000-8000-000000000002",
  displayName: "import-node",
  kind: "ManagedIdentity",
};

export type Rig = Awaited<ReturnType<typeof openRig>>;

/** Properties and secrets that differ from a plain enabled task on the rig's repository. */
export interface TaskChanges {
  id?: string;
  properties?: Record<string, unknown>;
  step?: Record<string, unknown>;
  trigger?: Record<string, unknown>;
  secret?: Record<string, unknown>;
}

/** `clock` is the timers'; default: the system's. */
export async function openRig({ clock }: { clock?: Clock } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "task-runs-"));
  const stateDir = mkdtempSync(join(folder, "state-"));
  const git = openGitServer(mkdtempSync(join(folder, "git-")), gitToken);
  const vault = createFakeVault();
  const wire = await openWire(folder, {
    "github.com": git.handle,
    "contoso.vault.azure.net": vault.handle,
  });
  const containers = createFakeContainers(folder);
  const resources = openResourceStore(join(stateDir, "resources.json"));
  const imageListeners: ((event: PushEvent) => void)[] = [];
  const commitListeners: ((push: GitPush) => void)[] = [];
  const openLogins = new Set<string>();
  let openEndpoints = 0;

  const registries: ContainerRegistries = {
    onPush: (listener) => void imageListeners.push(listener),
    openRunLogin(server) {
      openLogins.add(server);
      const revoke = (): void => void openLogins.delete(server);
      return { username: "run", password: "the-login-of-this-run", revoke };
    },
    removeContent: async () => {},
  };
  const gitHost: GitHost = {
    onPush: (listener) => void commitListeners.push(listener),
    check: () => "ok",
  };
  const directory: Directory = {
    tenantId: "t",
    subscriptionId: "s",
    deployer: { ...principal, kind: "ServicePrincipal", clientSecret: "unused" },
    authenticate: async () => principal,
    issueToken: async ({ objectId }, audience) => `token of ${objectId} for ${audience}`,
    find: (objectId) => (objectId === principal.objectId ? principal : undefined),
    createManagedIdentity: () => principal,
    remove: () => {},
    openManagedIdentityEndpoint() {
      openEndpoints += 1;
      return { url: "http://127.0.0.1:1/identity", close: () => void (openEndpoints -= 1) };
    },
  };
  resources.put({
    id: registryId,
    name: "contoso",
    type: resourceTypes.registry,
    properties: { loginServer: "contoso.azurecr.io" },
  });
  const open = (): Promise<TaskRunsService> =>
    openTaskRuns({
      ...{ stateDir, resources, directory, registries, gitHost, containers },
      clientEnvironment: () => wire.environment,
      log: () => {},
      ...(clock ? { clock } : {}),
    });
  let runs = await open();

  const rig = {
    ...{ stateDir, git, vault, containers, resources, principal, openLogins },
    get runs() {
      return runs;
    },
    get openEndpoints() {
      return openEndpoints;
    },
    /** Lets the task's identity read the vault. */
    allowSecrets: () =>
      void vault.readers.add(`token of ${principal.objectId} for https://vault.azure.net`),
    pushImage(event: PushEvent) {
      for (const listener of imageListeners) listener(event);
    },
    pushCommit(push: GitPush) {
      for (const listener of commitListeners) listener(push);
    },
    putTask({ id = taskId, properties, step, trigger, secret }: TaskChanges = {}) {
      const task: Resource = {
        id,
        name: id.split("/").at(-1) ?? "",
        type: resourceTypes.task,
        identity: { type: "SystemAssigned", principalId: principal.objectId },
        properties: {
          status: "Enabled",
          timeout: 3600,
          platform: { os: "Linux", architecture: "amd64" },
          step: {
            type: "FileTask",
            taskFilePath: "acr-task.yaml",
            contextPath: `${repositoryUrl}#main`,
            values: [],
            ...step,
          },
          trigger: {
            baseImageTrigger: { name: "base", status: "Enabled", baseImageTriggerType: "Runtime" },
            ...trigger,
          },
          credentials: {},
          ...properties,
        },
        secret: { contextAccessToken: gitToken, ...secret },
      };
      resources.put(task);
    },
    /** Runs the task to its end. */
    async run(values?: RunValue[]): Promise<Run> {
      const { runId } = runs.schedule({ taskId, values });
      return runs.finished(registryId, runId);
    },
    async list(count: number): Promise<Run[]> {
      const all = runs.list(registryId);
      if (all.length !== count) throw new Error(`${all.length} runs instead of ${count}`);
      return Promise.all(all.map(({ runId }) => runs.finished(registryId, runId)));
    },
    log: (runId: string): string =>
      readFileSync(join(stateDir, "logs", "contoso", `${runId}.log`), "utf8"),
    /** Opens the runs once more on the same state, as the next start of the local Azure does. */
    async reopen() {
      imageListeners.length = 0;
      commitListeners.length = 0;
      runs = await open();
    },
    async close() {
      await runs.service.stop();
      wire.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
