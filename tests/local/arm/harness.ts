/** A resource manager on a port of its own, with stand-ins for the services behind it. Proves nothing itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthorizer, createResourceManager } from "../../../local/arm";
import type {
  ContainerGroupState,
  ContainerInstances,
} from "../../../local/contracts/containerInstances";
import { Unauthenticated, type Directory, type Principal } from "../../../local/contracts/identity";
import type { Resource, ResourceStore } from "../../../local/contracts/resources";
import type {
  BaseImageDependency,
  Run,
  RunRequest,
  TaskRuns,
} from "../../../local/contracts/tasks";
import { openResourceStore } from "../../../local/kernel/resourceStore";

export const subscription = "/subscriptions/11111111-2222-4333-8444-555555555555";
export const location = "eastus";

export const versions = {
  group: "2024-03-01",
  registry: "2023-01-01-preview",
  token: "2024-11-01-preview",
  task: "2019-06-01-preview",
  vault: "2024-11-01",
  container: "2024-05-01-preview",
  role: "2022-04-01",
} as const;

export interface Reply {
  status: number;
  headers: Headers;
  // answers are read as their callers know them
  body: {
    [name: string]: unknown;
    id?: string;
    name?: string;
    status?: string;
    value?: Record<string, unknown>[];
    properties?: Record<string, unknown>;
    error?: { code: string; message: string };
  };
}

export interface Harness {
  url: string;
  resources: ResourceStore;
  directory: Directory;
  runs: FakeRuns;
  instances: FakeInstances;
  /** Lines of the log. */
  log: string[];
  /** Logins that a git host accepts. */
  gitTokens: Set<string>;
  /** Sends a request as the deployer, or as another principal. */
  send(method: string, path: string, options?: SendOptions): Promise<Reply>;
  /** Polls an asynchronous answer to its end. */
  finish(reply: Reply): Promise<Reply>;
  close(): Promise<void>;
}

export interface SendOptions {
  version?: string;
  body?: unknown;
  as?: Principal;
  token?: string;
}

/** @param quotaId the subscription's offer; pay-as-you-go without one */
export async function openHarness(quotaId?: string): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), "arm-"));
  const resources = openResourceStore(join(folder, "resources.json"));
  const directory = fakeDirectory();
  const log: string[] = [];
  const runs = fakeRuns();
  const instances = fakeInstances();
  const gitTokens = new Set(["good-git-token"]);
  const service = await createResourceManager({
    resources,
    directory,
    authorizer: createAuthorizer({ resources, directory }),
    registries: {
      onPush: () => undefined,
      openRunLogin: () => ({ username: "run", password: "run-password", revoke: () => undefined }),
      removeContent: () => Promise.resolve(),
    },
    gitHost: {
      onPush: () => undefined,
      check: (_url, token) => (token && gitTokens.has(token) ? "ok" : "token refused"),
    },
    runs,
    instances,
    ...(quotaId ? { quotaId } : {}),
    log: (line) => log.push(line),
  });
  const server = createServer((request, response) => service.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const send: Harness["send"] = async (method, path, options = {}) => {
    const { version, body, as = directory.deployer, token = as.objectId } = options;
    const target = new URL(path.replace("https://management.azure.com", ""), url);
    if (version !== undefined) target.searchParams.set("api-version", version);
    const response = await fetch(target, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? {} : (JSON.parse(text) as Reply["body"]),
    };
  };

  return {
    url,
    resources,
    directory,
    runs,
    instances,
    log,
    gitTokens,
    send,
    async finish(reply) {
      const poll =
        reply.headers.get("azure-asyncoperation") ?? reply.headers.get("location") ?? undefined;
      if (poll === undefined) return reply;
      for (let left = 20; left > 0; left--) {
        const state = await send("GET", poll);
        if (state.status !== 202 && state.body.status !== "InProgress") return state;
      }
      throw new Error("the operation did not end");
    },
    async close() {
      await service.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fakeDirectory(): Directory {
  const deployer = {
    objectId: "aaaaaaaa-0000-4000-8000-000000000000",
    appId: "bbbbbbbb-0000-4000-8000-000000000000",
    displayName: "deployer",
    kind: "ServicePrincipal" as const,
    clientSecret: "not used",
  };
  const principals = new Map<string, Principal>([[deployer.objectId, deployer]]);
  let made = 0;
  return {
    tenantId: "99999999-8888-4777-8666-555555555555",
    subscriptionId: subscription.split("/").at(-1) ?? "",
    deployer,
    authenticate(authorization) {
      const principal = principals.get(authorization?.replace("Bearer ", "") ?? "");
      return principal
        ? Promise.resolve(principal)
        : Promise.reject(new Unauthenticated("The access token is missing or invalid."));
    },
    issueToken: ({ objectId }) => Promise.resolve(objectId),
    find: (objectId) => principals.get(objectId),
    createManagedIdentity(displayName) {
      made += 1;
      const number = String(made).padStart(12, "0");
      const principal: Principal = {
        objectId: `cccccccc-0000-4000-8000-${number}`,
        appId: `dddddddd-0000-4000-8000-${number}`,
        displayName,
        kind: "ManagedIdentity",
      };
      principals.set(principal.objectId, principal);
      return principal;
    },
    remove: (objectId) => void principals.delete(objectId),
    openManagedIdentityEndpoint: () => ({ url: "", close: () => undefined }),
  };
}

export interface FakeRuns extends TaskRuns {
  requests: RunRequest[];
  /** How runs end from now on; `undefined` leaves them running. */
  outcome?: { status: Run["status"]; runErrorMessage?: string };
  forgotten: string[];
  /** What every task tracks. */
  tracked: BaseImageDependency[];
}

export function fakeRuns(): FakeRuns {
  const known: { registryId: string; run: Run }[] = [];
  const find = (registryId: string, runId: string): Run | undefined =>
    known.find((one) => one.registryId === registryId && one.run.runId === runId)?.run;
  const fake: FakeRuns = {
    requests: [],
    forgotten: [],
    tracked: [],
    outcome: { status: "Succeeded" },
    schedule(request) {
      fake.requests.push(request);
      const run: Run = {
        runId: `da${known.length + 1}`,
        status: "Queued",
        runType: "QuickRun",
        task: request.taskId.split("/").at(-1) ?? "",
        createTime: "2026-01-01T00:00:00.000Z",
        provisioningState: "Succeeded",
        platform: { os: "linux", architecture: "amd64" },
        isArchiveEnabled: false,
      };
      known.unshift({ registryId: request.taskId.replace(/\/tasks\/[^/]+$/, ""), run });
      return { ...run };
    },
    list: (registryId) =>
      known.filter((one) => one.registryId === registryId).map(({ run }) => run),
    get: find,
    finished(registryId, runId) {
      const run = find(registryId, runId);
      if (!run || !fake.outcome) return new Promise(() => undefined);
      Object.assign(run, fake.outcome);
      return Promise.resolve({ ...run });
    },
    cancel: () => Promise.resolve(),
    logUrl: (_registryId, runId) => `https://logs.blob.core.windows.net/logs/${runId}?sig=x`,
    trackedBaseImages: () => fake.tracked,
    forgetTask: (taskId) => void fake.forgotten.push(taskId),
    forgetRegistry: (registryId) => {
      fake.forgotten.push(registryId);
      return Promise.resolve();
    },
  };
  return fake;
}

export interface FakeInstances extends ContainerInstances {
  deployed: Resource[];
  removed: string[];
  /** Thrown by the next deploy. */
  refusal?: Error;
}

export function fakeInstances(): FakeInstances {
  const states = new Map<string, ContainerGroupState>();
  const fake: FakeInstances = {
    deployed: [],
    removed: [],
    deploy(group) {
      const { refusal } = fake;
      fake.refusal = undefined;
      if (refusal) return Promise.reject(refusal);
      fake.deployed.push(group);
      const state: ContainerGroupState = { ip: "127.0.1.7", state: "Running" };
      states.set(group.id, state);
      return Promise.resolve(state);
    },
    state: (groupId) => states.get(groupId),
    logs: (_groupId, container) => Promise.resolve(`hello from ${container}\nsecond line\n`),
    remove(groupId) {
      fake.removed.push(groupId);
      states.delete(groupId);
      return Promise.resolve();
    },
  };
  return fake;
}
