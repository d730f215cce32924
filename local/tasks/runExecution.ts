/** One run from its empty agent to its last line: source, secrets, logins, steps, dependencies. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ContainerRegistries } from "../contracts/containerRegistry";
import type { Agent, ContainerHost } from "../contracts/containers";
import type { Directory } from "../contracts/identity";
import type { BaseImageDependency, ImageReference, Run, RunValue } from "../contracts/tasks";
import { createBaseImageList } from "./baseImages";
import { imageReferenceOf, planOf, type Step, type TaskPlan, type TaskSource } from "./definition";
import { messageOf, RunFailed } from "./failure";
import { signIn, signInWith, type LoginContext } from "./registryLogins";
import { allOf, asFailure, fetchSecrets, valuesOf, variablesOf, vaultReaderOf } from "./runInputs";
import type { RunLog } from "./runLog";
import type { RunnableTask } from "./runnableTask";
import { checkOut, type Source } from "./source";
import { sourcePath } from "./sourcePath";
import { runStep, type StepContext } from "./step";
import { runGraph } from "./stepGraph";

export interface RunServices {
  /** Folder for secret files while runs mount them; emptied when the local Azure starts. */
  mountsFolder: string;
  directory: Directory;
  registries: ContainerRegistries;
  containers: ContainerHost;
  clientEnvironment: () => Record<string, string>;
}

export interface RunOrder {
  task: RunnableTask;
  run: Run;
  /** Given with the run; they win over the task's own. */
  values: readonly RunValue[];
  /** Commit and branch of the push that triggered the run. */
  source?: Source;
  log: RunLog;
  signal: AbortSignal;
}

export interface RunResult {
  /** What build steps made. The real engine tells the service of no other images, so a tag that was only pushed is none. */
  outputImages: ImageReference[];
  pushedImages: ImageReference[];
  /** Base images with the digests that were used. */
  baseImages: BaseImageDependency[];
}

function readTaskFile({ workspace }: Agent, { taskFilePath, contextPath }: RunnableTask): string {
  const path = sourcePath({ workspace }, taskFilePath, taskFilePath);
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new RunFailed(
      `${taskFilePath || "the task file"} was not found in ${contextPath}; push it or change the task's file`,
    );
  }
}

/** Unique among runs, and short: sockets lie below a folder of this name. */
const agentId = ({ task, run }: RunOrder): string =>
  `${run.runId}-${createHash("sha256").update(task.registryId.toLowerCase()).digest("hex").slice(0, 6)}`;

/** Writes the plan's secret files. @returns the host folder of each volume. */
function writeVolumes(plan: TaskPlan, folder: string): Map<string, string> {
  const folders = new Map<string, string>();
  for (const { name, files } of plan.volumes) {
    const volume = join(folder, name);
    mkdirSync(volume, { recursive: true, mode: 0o700 });
    for (const [file, content] of files) {
      writeFileSync(join(volume, file), content, { mode: 0o600 });
    }
    folders.set(name, volume);
  }
  return folders;
}

async function runSteps(
  plan: TaskPlan,
  context: StepContext,
  { log, signal }: RunOrder,
): Promise<void> {
  const seconds = new Map<string, number>();
  const timed = async (step: Step, both: AbortSignal): Promise<void> => {
    const start = performance.now();
    await runStep(step, context, both);
    seconds.set(step.id, (performance.now() - start) / 1000);
  };
  await runGraph(plan.steps, signal, timed);
  for (const { id } of plan.steps) {
    const elapsed = (seconds.get(id) ?? 0).toFixed(6);
    log.line(`Step ID: ${id} marked as successful (elapsed time in seconds: ${elapsed})`);
  }
}

/**
 * Carries out a run. Everything that it opens is closed again, however it ends.
 * @throws {RunFailed} when the task is at fault; any other error is a fault of the local Azure.
 */
export async function executeRun(services: RunServices, order: RunOrder): Promise<RunResult> {
  const { directory, registries, containers } = services;
  const { task, run, log, signal } = order;
  if (task.valuesFilePath !== undefined) {
    throw new RunFailed(
      `values file ${task.valuesFilePath} is not supported by the local Azure; set values on the task`,
    );
  }
  const undo: (() => void | Promise<void>)[] = [];
  try {
    const agent = await containers.openAgent(agentId(order));
    undo.push(() => agent.close());
    const environment = services.clientEnvironment();
    const vault = vaultReaderOf(task, { directory, environment, signal });
    const { principal } = vault;
    if (task.contextAccessToken) log.hide(task.contextAccessToken);

    const logins: LoginContext = {
      agent,
      log,
      vault,
      signal,
      registryToken: () =>
        principal
          ? directory.issueToken(principal, "https://containerregistry.azure.net")
          : Promise.reject(new RunFailed("the task has no managed identity; assign one")),
    };
    const signInToOwn = async (): Promise<void> => {
      const login = registries.openRunLogin(task.loginServer);
      undo.push(() => login.revoke());
      await signIn(task.loginServer, login, logins);
    };
    let source: Source = { commit: "", branch: "" };
    const download = async (): Promise<void> => {
      log.line(`Downloading source code from ${task.contextPath}`);
      source = await checkOut({
        contextPath: task.contextPath,
        token: task.contextAccessToken,
        commit: order.source?.commit,
        folder: agent.workspace,
        environment,
        signal,
      });
      if (order.source) source = order.source;
      log.line(`Finished downloading source code: commit ${source.commit}`);
    };
    await allOf([
      download(),
      ...(task.usesOwnRegistry ? [signInToOwn()] : []),
      ...Object.entries(task.customRegistries).map(([server, credential]) =>
        signInWith(server, credential, logins),
      ),
    ]);

    const taskSource: TaskSource = {
      file: task.taskFilePath,
      text: readTaskFile(agent, task),
      variables: variablesOf(task, run, source),
      values: valuesOf(task, order.values, log),
    };
    const secrets = await fetchSecrets(taskSource, vault, log);
    const plan = asFailure(() => planOf(taskSource, secrets));
    if (plan.aliases) log.line(`Alias support is on: task version ${plan.version}`);

    const mounts = join(services.mountsFolder, `${task.registryName.toLowerCase()}-${run.runId}`);
    undo.push(() => rmSync(mounts, { recursive: true, force: true }));
    const identity = principal && directory.openManagedIdentityEndpoint(principal.objectId);
    if (identity) undo.push(() => identity.close());
    const baseImages = createBaseImageList(agent);
    const pushed = new Set<string>();
    const context: StepContext = {
      agent,
      log,
      volumes: writeVolumes(plan, mounts),
      identityEnvironment: identity ? [`AZURE_POD_IDENTITY_AUTHORITY_HOST=${identity.url}`] : [],
      async scan(step, folder) {
        log.line("Scanning for dependencies...");
        baseImages.scan(step, folder);
        log.line("Successfully scanned dependencies");
      },
      pushed: (image) => void pushed.add(image),
    };
    await runSteps(plan, context, order);

    await baseImages.complete(pushed);
    const block = baseImages.lines(source.commit);
    if (block.length > 0) {
      log.line("The following dependencies were found:");
      log.plain(block.join("\n"));
    }
    const pushedImages: ImageReference[] = [];
    for (const image of pushed) {
      pushedImages.push({ ...imageReferenceOf(image), digest: await agent.digest(image) });
    }
    return {
      outputImages: baseImages.built(),
      pushedImages,
      baseImages: baseImages.dependencies(),
    };
  } finally {
    for (const close of undo.reverse()) {
      await Promise.resolve()
        .then(close)
        .catch((error: unknown) => log.line(`clean-up: ${messageOf(error)}`));
    }
  }
}
