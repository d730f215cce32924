/** The local stack: Pulumi's engine on the checkout's own program, with its state in the local Azure's folder. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, Stack } from "@pulumi/pulumi/automation";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { adoptPendingCreates } from "./pendingCreates";
import { ignoredProperties } from "./checkpoint";
import { collectPlan, type Plan } from "./plan";
import { loadProgram } from "./program";
import { translateEvents, type Progress } from "./progress";
import { changedSecrets, prepareProject } from "./project";
import { openPulumiCommand, runPulumi } from "./pulumiCommand";
import { makePulumiPlaces, pulumiEnvironment } from "./pulumiEnvironment";
import { removeStaleLocks } from "./stackLock";

export interface StackOptions {
  /** State folder of the local Azure. */
  stateDir: string;
  /** The checkout: Pulumi.yaml, Pulumi.STACK.yaml and the program. */
  programDir: string;
  /** Default `local`. */
  stackName?: string;
  /** Path of the Pulumi CLI. */
  pulumiBinary: string;
  /** What `serveProviders` gave. */
  debugProviders: string;
  /** Variables that lead clients to the local Azure, and ARM_* with the deployer's credentials. */
  environment: Record<string, string>;
  /** Configuration that is kept encrypted, by full key, e.g. `gated-imports:githubToken`. */
  secrets?: Record<string, string>;
}

export interface OperationOptions {
  /** Aborting lets the engine end in order: what runs is stopped, its state is kept, the stack is unlocked. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface Output {
  value: unknown;
  secret: boolean;
}

/** An operation did not succeed; `diagnostics` are the engine's error texts. */
export class DeploymentFailed extends Error {
  override name = "DeploymentFailed";
  constructor(
    message: string,
    readonly diagnostics: readonly string[],
    /** It was aborted, not wrong. */
    readonly interrupted: boolean,
  ) {
    super(message);
  }
}

export interface LocalStack {
  up(options?: OperationOptions): Promise<Record<string, Output>>;
  /** Looks for drift first, so that the plan is about what is really there. */
  preview(options?: OperationOptions): Promise<Plan>;
  /** Takes over what was changed outside Pulumi; the plan's `drift` says what. */
  refresh(options?: OperationOptions): Promise<Plan>;
  destroy(options?: OperationOptions): Promise<void>;
  outputs(): Promise<Record<string, Output>>;
}

/** Prepares the project folder and the stack; several operations may follow, one at a time. */
export async function openStack(options: StackOptions): Promise<LocalStack> {
  const { stateDir, programDir, stackName = "local", secrets = {} } = options;
  const places = makePulumiPlaces(stateDir);
  const projectName = prepareProject({ places, programDir, stackName });
  const envVars = pulumiEnvironment(options);
  const workspace = await LocalWorkspace.create({
    workDir: places.projectDir,
    pulumiHome: places.homeDir,
    pulumiCommand: await openPulumiCommand(options.pulumiBinary, places.homeDir),
    program: loadProgram(programDir),
    secretsProvider: "passphrase",
    envVars,
  });
  const file = join(places.backendDir, ".pulumi", "stacks", projectName, `${stackName}.json`);
  const stack = existsSync(file)
    ? await Stack.select(stackName, workspace)
    : await Stack.createOrSelect(stackName, workspace);

  const { changed, remember } = changedSecrets({ places, stackName }, secrets);
  for (const [key, value] of changed)
    await runPulumi(["config", "set", "--secret", "--stack", stackName, key], {
      binary: options.pulumiBinary,
      cwd: places.projectDir,
      env: envVars,
      stdin: value,
    });
  if (changed.length > 0) remember();

  /** Runs one engine operation and turns its failure into one error. */
  async function operate<T>(
    name: string,
    { signal, onProgress }: OperationOptions,
    run: (common: { onEvent: (event: EngineEvent) => void; signal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const diagnostics: string[] = [];
    const translate = translateEvents((progress) => {
      if (progress.kind === "diagnostic" && progress.severity === "error")
        diagnostics.push(
          progress.name ? `${progress.name}: ${progress.message}` : progress.message,
        );
      onProgress?.(progress);
    });
    try {
      return await run({ onEvent: translate, ...(signal ? { signal } : {}) });
    } catch (error) {
      const interrupted = signal?.aborted ?? false;
      const why = diagnostics[0] ?? briefly(error);
      throw new DeploymentFailed(
        interrupted ? `${name} was interrupted` : `${name} failed: ${why}`,
        diagnostics,
        interrupted,
      );
    }
  }

  /** Makes the stack usable again after an operation that was killed. */
  async function recover(options: OperationOptions): Promise<void> {
    await removeStaleLocks(stack, { backendDir: places.backendDir, projectName });
    // Seen without starting Pulumi, as this is nearly always so.
    if (!existsSync(file) || !readFileSync(file, "utf8").includes('"pending_operations":')) return;
    const adopted = await adoptPendingCreates(stack, envVars["ARM_SUBSCRIPTION_ID"] ?? "");
    if (adopted.length === 0) return;
    await operate("refresh", options, (common) => stack.refresh({ ...common, target: adopted }));
  }

  const outputs = async (): Promise<Record<string, Output>> =>
    Object.fromEntries(
      Object.entries(await stack.outputs()).map(([key, { value, secret }]) => [
        key,
        { value: value as unknown, secret },
      ]),
    );

  return {
    async up(options = {}) {
      await recover(options);
      await operate("up", options, (common) => stack.up(common));
      return await outputs();
    },
    async preview(options = {}) {
      await recover(options);
      const { onEvent, plan } = collectPlan(ignoredProperties(file));
      await operate("preview", options, (common) =>
        stack.preview({
          ...common,
          refresh: true,
          onEvent(event) {
            onEvent(event);
            common.onEvent(event);
          },
        }),
      );
      return plan();
    },
    async refresh(options = {}) {
      await recover(options);
      const { onEvent, plan } = collectPlan(ignoredProperties(file));
      await operate("refresh", options, (common) =>
        stack.refresh({
          ...common,
          onEvent(event) {
            onEvent(event);
            common.onEvent(event);
          },
        }),
      );
      return plan();
    },
    async destroy(options = {}) {
      await recover(options);
      await operate("destroy", options, (common) => stack.destroy(common));
    },
    outputs,
  };
}

/** The Automation API's errors carry the whole output; the last line that says something is the cause. */
function briefly(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.trim());
  return lines.findLast((line) => line.startsWith("error:")) ?? lines.find(Boolean) ?? "unknown";
}
