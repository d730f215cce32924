/** The local stack: Pulumi's engine on the checkout's own program, with its state in the local Azure's folder. */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LocalWorkspace, Stack, type OutputMap } from "@pulumi/pulumi/automation";
import { adoptPendingCreates, giveBackInputs } from "./pendingCreates";
import { ignoredProperties, protectedResources } from "./checkpoint";
import { forgetLostCreates, keepLostCreates, readLostCreates, watchCreates } from "./lostCreates";
import { collectPlan, type Plan, type PlannedChange } from "./plan";
import { operate, type EngineListener, type OperationOptions } from "./operation";
import { besidePolicies, type PolicyOptions } from "./policies";
import { loadProgram } from "./program";
import { changedSecrets, prepareProject } from "./project";
import { openPulumiCommand, runPulumi } from "./pulumiCommand";
import { makePulumiPlaces, pulumiEnvironment } from "./pulumiEnvironment";
import { removeBrokenSidecars } from "./sidecarFiles";
import { removeStaleLocks } from "./stackLock";

export { DeploymentFailed, type OperationOptions } from "./operation";

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

export interface UpOptions extends OperationOptions, PolicyOptions {
  /** Looks for what was changed outside Pulumi and puts it right in the same operation. Default: trusts the state. */
  refresh?: boolean;
  /** With `refresh`: told of each resource that was changed, as it is found. */
  onDrift?: (drift: PlannedChange) => void;
}

export interface Output {
  value: unknown;
  secret: boolean;
}

export interface LocalStack {
  /** With policies there is a preview first: a mandatory violation keeps everything as it is. */
  up(options?: UpOptions): Promise<Record<string, Output>>;
  /** Looks for drift first, so that the plan is about what is really there. */
  preview(options?: OperationOptions & PolicyOptions): Promise<Plan>;
  /** Takes over what was changed outside Pulumi; the plan's `drift` says what. */
  refresh(options?: OperationOptions): Promise<Plan>;
  /** @throws Error before anything is deleted, when resources are protected */
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
  removeBrokenSidecars(places.backendDir);
  const file = join(places.backendDir, ".pulumi", "stacks", projectName, `${stackName}.json`);
  const lostFile = join(stateDir, `lost-creates-${stackName}.json`);
  // There from before a change until it has ended and the state says what is so.
  const unfinishedFile = join(stateDir, `unfinished-${stackName}`);
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

  /** By the CLI's standard input: the Automation API would leave the state, secrets and all, in a file for everyone. */
  const importStack = (deployment: object): Promise<void> =>
    runPulumi(["stack", "import", "--stack", stackName], {
      binary: options.pulumiBinary,
      cwd: places.projectDir,
      env: envVars,
      stdin: JSON.stringify(deployment),
    });

  /** Makes the stack usable again after an operation that did not end: its state may not be what is there. */
  async function recover({ signal, onProgress }: OperationOptions): Promise<void> {
    const killed = await removeStaleLocks(stack, { backendDir: places.backendDir, projectName });
    const lost = readLostCreates(lostFile);
    // Seen without starting Pulumi, as this is nearly always so.
    const hasPending =
      existsSync(file) && readFileSync(file, "utf8").includes('"pending_operations":');
    if (!killed && !hasPending && lost.length === 0 && !existsSync(unfinishedFile)) return;
    const note = (message: string): void =>
      onProgress?.({ kind: "diagnostic", severity: "info", message });
    note("The last operation did not end; looking at what is there");
    // Until the refresh is through, whatever becomes of this.
    writeFileSync(unfinishedFile, "");
    const subscription = envVars["ARM_SUBSCRIPTION_ID"] ?? "";
    const asked = await adoptPendingCreates(stack, { subscription, lost, importStack, note });
    forgetLostCreates(lostFile);
    // All of it: what was done beside the step that was cut off need not have been written either.
    await operate("refresh", signal ? { signal } : {}, (common) => stack.refresh(common));
    await giveBackInputs(stack, asked, importStack);
    rmSync(unfinishedFile, { force: true });
  }

  /** Runs a change, and remembers when the state may not say what it did. */
  async function change<T>(
    { signal }: OperationOptions,
    run: (listener: EngineListener) => Promise<T>,
  ): Promise<T> {
    const creates = watchCreates();
    writeFileSync(unfinishedFile, "");
    try {
      return await run(creates.onEvent);
    } finally {
      const interrupted = signal?.aborted ?? false;
      keepLostCreates(lostFile, creates.lost(interrupted));
      if (!interrupted && !creates.unanswered()) rmSync(unfinishedFile, { force: true });
    }
  }

  return {
    async up(options = {}) {
      await recover(options);
      const { refresh = false, signal, onDrift } = options;
      // A policy on the whole stack is asked last: an update alone would break it first and fail then.
      if (options.policyPacks?.length)
        await besidePolicies(options, (packs, listeners) =>
          operate("preview", { ...(signal ? { signal } : {}), listeners }, (common) =>
            stack.preview({ ...common, ...packs, refresh }),
          ),
        );
      const { onEvent } = collectPlan(ignoredProperties(file), onDrift);
      return await change(options, async (listen) => {
        const { outputs } = await besidePolicies(options, (packs, listeners) =>
          operate(
            "up",
            { ...options, listeners: [...listeners, onEvent, listen] },
            // A gate that refuses an image keeps back what is built on it, and nothing else.
            (common) => stack.up({ ...common, ...packs, refresh, continueOnError: true }),
          ),
        );
        return plainOutputs(outputs);
      });
    },
    async preview(options = {}) {
      await recover(options);
      const { onEvent, plan } = collectPlan(ignoredProperties(file));
      await besidePolicies(options, (packs, listeners) =>
        operate("preview", { ...options, listeners: [...listeners, onEvent] }, (common) =>
          stack.preview({ ...common, ...packs, refresh: true }),
        ),
      );
      return plan();
    },
    async refresh(options = {}) {
      await recover(options);
      const { onEvent, plan } = collectPlan(ignoredProperties(file));
      await operate("refresh", { ...options, listeners: [onEvent] }, (common) =>
        stack.refresh(common),
      );
      return plan();
    },
    async destroy(options = {}) {
      // The engine refuses each of these when it comes to it, with all that depends on it gone by then.
      const kept = protectedResources(file);
      if (kept.length > 0)
        throw new Error(
          `destroy was not begun, as the stack's protection would stop it halfway: ${kept.join(", ")}; set gated-imports:protect to false in Pulumi.${stackName}.yaml, run: npm run local -- up, then: npm run local -- destroy`,
        );
      await recover(options);
      await change(options, (listen) =>
        operate("destroy", { ...options, listeners: [listen] }, (common) => stack.destroy(common)),
      );
    },
    outputs: async () => plainOutputs(await stack.outputs()),
  };
}

const plainOutputs = (outputs: OutputMap): Record<string, Output> =>
  Object.fromEntries(
    Object.entries(outputs).map(([key, { value, secret }]) => [
      key,
      { value: value as unknown, secret },
    ]),
  );
