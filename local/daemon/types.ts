/** What the daemon runs and what its control socket tells. */
import type { ContainerInstances } from "../contracts/containerInstances";
import type { ResourceStore } from "../contracts/resources";
import type { Log, Service } from "../contracts/service";
import type { Run, TaskRuns } from "../contracts/tasks";

/** Programs that the setup found or built. */
export interface Tools {
  /** Path of the Pulumi CLI. */
  pulumi: string;
  /** Path of azure-cli. */
  az: string;
}

export interface LocalAzureOptions {
  stateDir: string;
  tools: Tools;
  /** Seconds until a new role assignment works; default 0. */
  roleDelay?: number | undefined;
  /** Tags of library/node on the simulated Docker Hub, beside the default settings' own. */
  nodeTags?: readonly string[];
  log: Log;
}

/** What the daemon looks at to tell the status; it changes nothing through these. */
export interface LocalAzureParts {
  resources: ResourceStore;
  runs: TaskRuns;
  instances: Pick<ContainerInstances, "state">;
  registries: {
    /** The digest a tag names now; `undefined` when there is none. */
    findDigest(loginServer: string, repository: string, tag: string): Promise<string | undefined>;
  };
  services: readonly Pick<Service, "name" | "hosts">[];
}

/** A running local Azure. */
export interface LocalAzure {
  /**
   * All variables with which a client is led here and signed in: proxy and CA, ARM_* and AZURE_* of the deployer,
   * AZURE_CONFIG_DIR (signed in), git's credential helper, REGISTRY_AUTH_FILE, PULUMI_*.
   */
  environment: Record<string, string>;
  /** Secret configuration of the stack by full key, e.g. `gated-imports:gitToken`. */
  stackSecrets: Record<string, string>;
  parts: LocalAzureParts;
  stop(): Promise<void>;
}

export type StartLocalAzure = (options: LocalAzureOptions) => Promise<LocalAzure>;

/** One task run with its registry's name. */
export interface RunRecord extends Run {
  registry: string;
}

export interface TaskStatus {
  name: string;
  lastRun?: RunRecord;
  /** `registry/repository:tag@digest` of the base images that trigger the task. */
  trackedImages: string[];
}

export interface RegistryStatus {
  name: string;
  loginServer: string;
  tasks: TaskStatus[];
}

export interface ContainerGroupStatus {
  name: string;
  state: string;
  /** `http://127.0.1.7:80`, once the group has an address. */
  url?: string;
}

export interface LocalAzureStatus {
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  stateDir: string;
  /** All resources, task runs not counted. */
  resourceCount: number;
  services: { name: string; hosts: string[] }[];
  registries: RegistryStatus[];
  containerGroups: ContainerGroupStatus[];
}

/** Answer of `GET /client`: what a Pulumi operation needs. Holds secrets; the socket is its owner's alone. */
export interface ClientSettings {
  environment: Record<string, string>;
  stackSecrets: Record<string, string>;
}

/** Message of the daemon to the process that started it. */
export type StartMessage = { ready: true } | { error: string };
