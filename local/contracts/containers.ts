/**
 * Where containers run: podman and buildah behind one face. An *agent* is what ACR Tasks gives to each
 * run: a machine of its own with an empty image store, a workspace and the run's registry logins.
 */

/** Where a command's output goes, as it comes (stdout and stderr in order of arrival). */
export type Output = (chunk: Buffer) => void;

export interface CommandOptions {
  output: Output;
  /** Aborting kills the command and its container. */
  signal?: AbortSignal;
}

export interface StepContainer {
  /** Container and host name. */
  name: string;
  image: string;
  args: string[];
  /** `NAME=value`; passed through a file, never on a command line. */
  env?: string[];
  /** Absolute path inside the container; absent means /workspace, `null` leaves the image's own. */
  workingDirectory?: string | null;
  user?: string;
  entryPoint?: string;
  cpus?: string;
  /** `[HOST:]CONTAINER` ports, published on 127.0.0.1 alone. */
  ports?: string[];
  expose?: string[];
  /** Returns at once and leaves the container running until the agent closes. */
  detach?: boolean;
  keep?: boolean;
  /** Host folder to path in the container, beside /workspace and /acb/home. */
  mounts?: { source: string; target: string; readOnly: boolean }[];
}

export interface Agent {
  /** Host folder that every container sees as /workspace. */
  readonly workspace: string;
  /**
   * Signs in to a registry for pulls and pushes of this agent; the credential goes to the registry
   * to be checked and then into the agent's own auth file.
   * @throws Error with the registry's words when it refuses.
   */
  login(server: string, login: { username: string; password: string }): Promise<void>;
  /**
   * `docker build ARGS`, run in `cwd` (a host folder). Resolves with the exit code.
   * Base images come from the agent's store, else from their registry.
   */
  build(args: string[], options: CommandOptions & { cwd: string }): Promise<number>;
  /** Runs a step's container; resolves with its exit code. Pulls the image when the agent lacks it. */
  run(container: StepContainer, options: CommandOptions): Promise<number>;
  /** `docker ARGS` for the sub-commands that handle images (pull, tag, push, inspect, images, rmi); others are refused by name. */
  docker(args: string[], options: CommandOptions): Promise<number>;
  push(image: string, options: CommandOptions): Promise<number>;
  /**
   * Digest under which the agent's image is known at its registry (pulled from or pushed to),
   * `undefined` if it never was at a registry.
   */
  digest(image: string): Promise<string | undefined>;
  /** Removes the agent's containers, images, logins and workspace. */
  close(): Promise<void>;
}

export interface ContainerHost {
  /** Opens an agent for one task run; `id` is unique among open agents. */
  openAgent(id: string): Promise<Agent>;
}
