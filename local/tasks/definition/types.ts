/**
 * What an acr-task.yaml says once it is rendered, checked and completed with defaults: the plan
 * that the runner carries out. Times are whole seconds. Nothing here holds a process, a clock or a
 * socket.
 */

/** `.Run` of the templates. Absent ones render as nothing. */
export interface RunVariables {
  ID: string;
  /** Name of the volume that all steps share. */
  SharedVolume?: string;
  /** Login server of the run's registry, e.g. `contoso.azurecr.io`. */
  Registry: string;
  /** The login server up to its first dot. */
  RegistryName: string;
  /** UTC start, `yyyyMMdd-HHmmss` and a literal `z`. */
  Date: string;
  /** Go's name: `linux`. */
  OS: string;
  /** Go's name: `amd64`. */
  Architecture: string;
  Commit?: string;
  Branch?: string;
  TaskName?: string;
  Repository?: string;
  GitTag?: string;
  TriggeredBy?: string;
}

/** `.Values` of the templates. What `--set` gives is always a string. */
export type Values = Readonly<Record<string, string>>;

/** A task file and what is known when its run starts. */
export interface TaskSource {
  /** Name for messages, e.g. `acr-task.yaml`. */
  file: string;
  text: string;
  variables: RunVariables;
  values: Values;
}

/** A secret that must be fetched before the plan can be made. */
export interface SecretReference {
  /** Name in `.Secrets`. */
  id: string;
  /** `https://VAULT/secrets/NAME[/VERSION]`, lower-cased as a whole, as the real engine does. */
  url: string;
  /** Client id of a user-assigned identity; absent means the task's own identity. */
  clientId?: string;
}

/** Files that a step finds at a mount path. */
export interface Volume {
  name: string;
  /** File name to content. */
  files: ReadonlyMap<string, Buffer>;
}

export interface VolumeMount {
  /** Name of a volume of the plan. */
  volume: string;
  mountPath: string;
}

export interface StepBase {
  /** Given, or `acb_step_N` with N = index over all steps from 0. */
  id: string;
  /** Line of the task file where the step begins. */
  line: number;
  /**
   * Ids of earlier steps that must be successful first; empty means it starts at once. No
   * duplicates.
   */
  dependsOn: readonly string[];
  /** One budget for all attempts and repetitions; at least 1. */
  timeout: number;
  /** Wait before anything else, outside `timeout`. */
  startDelay: number;
  /** Any error is logged and the step counts as successful. */
  ignoreErrors: boolean;
}

/** What a step that runs a container can say. */
export interface ContainerStep extends StepBase {
  /** Extra attempts after a failure. */
  retries: number;
  /** Wait between attempts; at least 1. */
  retryDelay: number;
  /** Retry only if the attempt's output contains one of these; empty means always. */
  retryOnErrors: readonly string[];
  /** Extra full executions, done even after failures. */
  repeat: number;
  /** `NAME=value`, the step's own first, then what the task adds. */
  env: readonly string[];
  /** Absolute path in the container; `null` leaves the image's own. */
  workingDirectory: string | null;
  volumeMounts: readonly VolumeMount[];
}

export interface CmdStep extends ContainerStep {
  kind: "cmd";
  /**
   * First word of the command, aliases resolved: `docker` is the agent's own tool, the `az` alias
   * is `mcr.microsoft.com/acr/azure-cli:…`, anything else an image.
   */
  image: string;
  /** The words after the image, quotes removed. */
  args: readonly string[];
  entryPoint?: string;
  user?: string;
  cpus?: string;
  ports: readonly string[];
  expose: readonly string[];
  detach: boolean;
  keep: boolean;
  /** Pull the image first, outside `timeout`. */
  pull: boolean;
  cmdDownloadRetries: number;
  cmdDownloadRetryDelay: number;
}

/**
 * A `build:` text. The parsed parts are what ACR's scanner sees, which is less than what docker
 * sees.
 */
export interface BuildArguments {
  /** All words, for `docker build`, to run in the step's working directory. */
  words: readonly string[];
  /** Values of `-t X` and `--tag X`. */
  tags: readonly string[];
  /** Values of `--build-arg X`, as written: `NAME=value`. */
  buildArgs: readonly string[];
  target?: string;
  /** Local folder, relative to the step's working directory. */
  context: string;
  /** Path of the Dockerfile that is scanned, relative to the step's working directory. */
  dockerfile: string;
}

export interface BuildStep extends ContainerStep {
  kind: "build";
  build: BuildArguments;
}

export interface PushStep extends StepBase {
  kind: "push";
  /** With a tag or a digest, without duplicates, in order. */
  images: readonly string[];
}

export type Step = CmdStep | BuildStep | PushStep;

export interface TaskPlan {
  version: string;
  /** Whether the version switches alias handling on (the engine then says so in the log). */
  aliases: boolean;
  volumes: readonly Volume[];
  /** In file order; may be empty. */
  steps: readonly Step[];
}

/** A git URL of a task's context, taken apart. */
export interface GitContext {
  /** `https://HOST/OWNER/NAME.git` */
  url: string;
  /** Branch, tag or commit; absent means the repository's default branch. */
  ref?: string;
  /** Folder inside the repository; absent means its root. */
  folder?: string;
}

/**
 * Base images of one build. Docker Hub is always `docker.io`, its official images `library/NAME`.
 */
export interface BaseImages<Reference> {
  /** What the image that is built stands on; absent for `FROM scratch`. */
  runtime?: Reference;
  /** Every other external image that the Dockerfile names. */
  buildtime: Reference[];
}
