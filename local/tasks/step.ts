/** One step: its delay, its attempts and repetitions within its time, and what it hands to the agent. */
import { isAbsolute, posix, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Agent, CommandOptions } from "../contracts/containers";
import type { BuildStep, CmdStep, ContainerStep, PushStep, Step } from "./definition";
import { messageOf, RunFailed } from "./failure";
import type { RunLog } from "./runLog";
import { sourcePath } from "./sourcePath";

/** Waits after a failed push, in milliseconds, as the real engine has them; then it gives up. */
const pushBackoff = [250, 500];
/** Output of an attempt that is kept for `retryOnErrors` and for the last line of a failed build. */
const keptOutput = 1024 * 1024;

export interface StepContext {
  agent: Agent;
  log: RunLog;
  /** Host folders of the plan's volumes, by name. */
  volumes: ReadonlyMap<string, string>;
  /** Added to the environment of steps that run azure-cli: where the task's managed identity answers. */
  identityEnvironment: readonly string[];
  /** Looks for the base images of a build before it starts. */
  scan(step: BuildStep, folder: string): Promise<void>;
  /** Called with each image that was pushed. */
  pushed(image: string): void;
}

/** Runs a command once. Resolves with its exit code. */
type Attempt = (options: CommandOptions) => Promise<number>;

/** Whether a step's image is Microsoft's azure-cli, the one tool that signs in as the task. */
const isAzureCli = (image: string): boolean =>
  /^mcr\.microsoft\.com\/(acr\/)?azure-cli(?=[:@]|$)/.test(image);

/** The host folder behind a path in the container. @throws {RunFailed} for a path that is not in the workspace. */
export function hostFolder(agent: Agent, workingDirectory: string | null): string {
  const inside = posix.relative("/workspace", workingDirectory ?? "/workspace");
  if (inside.startsWith("..") || isAbsolute(inside)) {
    throw new RunFailed(
      `workingDirectory ${workingDirectory} of a build is outside of /workspace; builds run on the source`,
    );
  }
  return resolve(agent.workspace, inside);
}

function containerAttempt(step: CmdStep, { agent, volumes, identityEnvironment }: StepContext) {
  const mounts = step.volumeMounts.map(({ volume, mountPath }) => ({
    source: volumes.get(volume) ?? "",
    target: mountPath,
    readOnly: true,
  }));
  const env = [...step.env, ...(isAzureCli(step.image) ? identityEnvironment : [])];
  const { image, args, workingDirectory, user, entryPoint, cpus } = step;
  const { ports, expose, detach, keep } = step;
  const container = { name: step.id, image, args: [...args], env, workingDirectory, mounts };
  return (options: CommandOptions): Promise<number> =>
    agent.run(
      {
        ...container,
        ...{ user, entryPoint, cpus, detach, keep },
        ports: [...ports],
        expose: [...expose],
      },
      options,
    );
}

function dockerAttempt(step: CmdStep, { agent, pushed }: StepContext): Attempt {
  return async (options) => {
    const code = await agent.docker([...step.args], options).catch((error) => {
      throw new RunFailed(messageOf(error));
    });
    if (code === 0 && step.args[0] === "push") pushed(step.args.at(-1) ?? "");
    return code;
  };
}

/** One attempt with its output in the log. @throws {RunFailed} with the exit status. */
async function once(
  step: ContainerStep,
  attempt: Attempt,
  { log, signal }: { log: RunLog; signal: AbortSignal },
): Promise<{ code: number; text: string }> {
  const lines = log.output();
  let text = "";
  try {
    const output = (chunk: Buffer): void => {
      lines.write(chunk);
      text = (text + chunk.toString("utf8")).slice(-keptOutput);
    };
    log.line(`Launching container with name: ${step.id}`);
    return { code: await attempt({ output, signal }), text };
  } finally {
    lines.end();
  }
}

const lastLine = (text: string): string => text.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? "";

/** What a failed attempt is called: a build also gives its Dockerfile and the tool's last words. */
function failureOf(step: ContainerStep & Step, code: number, text: string): RunFailed {
  if (step.kind !== "build") return new RunFailed(`exit status ${code}`);
  const words = lastLine(text);
  return new RunFailed(
    `build of ${step.build.dockerfile} ended with exit status ${code}${words && `: ${words}`}`,
  );
}

async function withRetries(
  step: ContainerStep & Step,
  attempt: Attempt,
  context: { log: RunLog; signal: AbortSignal },
): Promise<void> {
  const { log, signal } = context;
  for (let left = step.retries; ; left -= 1) {
    const { code, text } = await once(step, attempt, context);
    signal.throwIfAborted();
    if (code === 0) {
      log.line(`Successfully executed container: ${step.id}`);
      return;
    }
    const retryable =
      step.retryOnErrors.length === 0 || step.retryOnErrors.some((words) => text.includes(words));
    if (left === 0 || !retryable) {
      log.line(`Container failed during run: ${step.id}. No retries remaining.`);
      throw failureOf(step, code, text);
    }
    log.line(
      `Container failed during run: ${step.id}, waiting ${step.retryDelay} seconds before retrying...`,
    );
    await delay(step.retryDelay * 1000, undefined, { signal });
  }
}

/** All repetitions; each has its own retries, and their failures are told together. */
async function withRepeats(
  step: ContainerStep & Step,
  attempt: Attempt,
  context: { log: RunLog; signal: AbortSignal },
): Promise<void> {
  const failures: string[] = [];
  for (let turn = 0; turn <= step.repeat; turn += 1) {
    await withRetries(step, attempt, context).catch((error: unknown) => {
      if (!(error instanceof RunFailed)) throw error;
      failures.push(error.message);
    });
  }
  if (failures.length > 0) throw new RunFailed(failures.join(", "));
}

async function pull(step: CmdStep, { agent, log }: StepContext, signal: AbortSignal) {
  for (let left = step.cmdDownloadRetries; ; left -= 1) {
    const { code } = await once(step, (options) => agent.docker(["pull", step.image], options), {
      log,
      signal,
    });
    signal.throwIfAborted();
    if (code === 0) return;
    if (left === 0) throw new RunFailed(`pull of ${step.image} failed: exit status ${code}`);
    await delay(step.cmdDownloadRetryDelay * 1000, undefined, { signal });
  }
}

async function push(step: PushStep, { agent, log, pushed }: StepContext, signal: AbortSignal) {
  for (const image of step.images) {
    for (let attempt = 0; ; attempt += 1) {
      log.line(`Pushing image: ${image}, attempt ${attempt + 1}`);
      const lines = log.output();
      const code = await agent.push(image, { output: lines.write, signal });
      lines.end();
      signal.throwIfAborted();
      if (code === 0) break;
      const wait = pushBackoff[attempt];
      if (wait === undefined) throw new RunFailed(`push of ${image} failed: exit status ${code}`);
      await delay(wait, undefined, { signal });
    }
    log.line(`Successfully pushed image: ${image}`);
    pushed(image);
  }
}

/** The step's work under `limit`, which carries its time; `signal` is the run's alone. */
async function perform(
  step: Step,
  context: StepContext,
  { signal, limit }: { signal: AbortSignal; limit: () => AbortSignal },
): Promise<void> {
  const { agent, log } = context;
  if (step.kind === "push") return push(step, context, limit());
  if (step.kind === "build") {
    if (step.volumeMounts.length > 0) {
      throw new RunFailed("volumeMounts of a build are not supported by the local Azure");
    }
    const cwd = hostFolder(agent, step.workingDirectory);
    const { dockerfile, context: folder } = step.build;
    const inside = { workspace: agent.workspace, folder: cwd };
    sourcePath(inside, dockerfile, `Dockerfile ${dockerfile}`);
    sourcePath(inside, folder, `context ${folder}`);
    await context.scan(step, cwd);
    const attempt: Attempt = (options) => agent.build([...step.build.words], { ...options, cwd });
    return withRepeats(step, attempt, { log, signal: limit() });
  }
  if (step.image === "docker") {
    return withRepeats(step, dockerAttempt(step, context), { log, signal: limit() });
  }
  if (step.pull) await pull(step, context, signal);
  return withRepeats(step, containerAttempt(step, context), { log, signal: limit() });
}

/** Runs one step. @throws {RunFailed} `step "ID" failed: CAUSE`, unless the step ignores errors. */
export async function runStep(
  step: Step,
  context: StepContext,
  signal: AbortSignal,
): Promise<void> {
  const { log } = context;
  if (step.startDelay > 0) await delay(step.startDelay * 1000, undefined, { signal });
  const workingDirectory = "workingDirectory" in step ? (step.workingDirectory ?? "") : "";
  log.line(
    `Executing step ID: ${step.id}. Timeout(sec): ${step.timeout}, Working directory: '${workingDirectory}'`,
  );
  let time: AbortSignal | undefined;
  const limit = (): AbortSignal => {
    time = AbortSignal.timeout(step.timeout * 1000);
    return AbortSignal.any([signal, time]);
  };
  try {
    await perform(step, context, { signal, limit });
  } catch (error) {
    signal.throwIfAborted();
    const timedOut = time?.aborted === true;
    if (!timedOut && !(error instanceof RunFailed)) throw error;
    const cause = timedOut ? `timed out after ${step.timeout} s` : messageOf(error);
    if (!step.ignoreErrors) throw new RunFailed(`step "${step.id}" failed: ${cause}`);
    log.line(`Step ID: ${step.id} failed (${cause}); its errors are ignored`);
  }
}
