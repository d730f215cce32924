/** What each command does. Each resolves with its exit code. */
import { existsSync } from "node:fs";
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { controlClient } from "../daemon/controlClient";
import { memoryOf, processesOf } from "../daemon/processes";
import { toolsOf } from "../daemon/tools";
import type { PlannedChange } from "../pulumi/plan";
import type { PolicyOptions, PolicyViolation } from "../pulumi/policies";
import { pulumiPlaces } from "../pulumi/pulumiEnvironment";
import { openStack, type LocalStack, type OperationOptions } from "../pulumi/stack";
import type { Invocation } from "./arguments";
import { checkoutFolder } from "./checkout";
import { withLocalRemedies } from "./localRemedies";
import { openOperationDisplay, type DisplayOptions } from "./operationDisplay";
import { describeOutputs, outputsAsJson } from "./outputReport";
import { preparePersonalClients } from "./personalClients";
import { describeDrift, describeDrifted, describePlan, describeRepair } from "./planReport";
import { describeViolations, policyFailure, policyPack } from "./policyReport";
import { removeState } from "./removal";
import { printLog, selectRun } from "./runLogs";
import { closeAfterInterrupt, openSession, type Session } from "./session";
import { pathExport, shellExports } from "./shellExports";
import { describeStatus } from "./statusReport";
import type { CommandName } from "./usage";

export interface CommandContext {
  invocation: Invocation;
  stateDir: string;
  signal: AbortSignal;
  progress: Progress;
  env: NodeJS.ProcessEnv;
  /** Prints a result. */
  print(text: string): void;
}

type Command = (context: CommandContext) => Promise<number>;

/** Runs an engine operation with its display; stops what was started here when it is interrupted. */
async function operate<T>(
  context: CommandContext,
  run: (stack: LocalStack, options: OperationOptions) => Promise<T>,
  shown?: DisplayOptions,
): Promise<{ result: T; summary: string }> {
  const { progress, signal } = context;
  const display = openOperationDisplay(progress, shown);
  let session: Session | undefined;
  try {
    session = await openSession(context);
    signal.throwIfAborted();
    const stack = await session.stack();
    signal.throwIfAborted();
    const result = await run(stack, { signal, onProgress: display.onProgress });
    signal.throwIfAborted();
    display.done();
    return { result, summary: display.summary() };
  } catch (error) {
    display.close();
    if (!signal.aborted) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(withLocalRemedies(message), { cause: error });
    }
    await closeAfterInterrupt(session, progress);
    throw signal.reason;
  }
}

interface Judged {
  code: number;
  /** Printed after what the policies say. */
  last?: string;
}

/** Runs a command beside the checkout's policies where they were asked for. */
async function judged(
  { invocation: { given, policyConfig }, print }: CommandContext,
  run: (policies: PolicyOptions) => Promise<Judged>,
): Promise<number> {
  const end = ({ code, last }: Judged): number => {
    if (last) print(last);
    return code;
  };
  if (!given.has("policies") && policyConfig === undefined) return end(await run({}));
  let found: PolicyViolation[] = [];
  const policies = {
    ...policyPack(checkoutFolder(), policyConfig),
    onViolations: (violations: PolicyViolation[]) => void (found = violations),
  };
  try {
    const result = await run(policies);
    print(`\n${describeViolations(found)}${result.last ? "\n" : ""}`);
    return end(result);
  } catch (error) {
    // Without a violation it was something else that failed, before or beside the policies.
    if (found.length > 0) print(describeViolations(found));
    throw policyFailure(found, error);
  }
}

const up: Command = (context) =>
  judged(context, async (policies) => {
    const { invocation, progress, print } = context;
    const refresh = invocation.given.has("refresh");
    const drift: PlannedChange[] = [];
    const onDrift = (found: PlannedChange): void => {
      if (drift.push(found) === 1) progress.note("Changed in Azure since the last update (drift):");
      progress.note(describeDrifted(found));
    };
    const { result, summary } = await operate(context, (stack, options) =>
      stack.up({ ...options, ...policies, refresh, onDrift }),
    );
    if (summary) progress.note(summary);
    if (refresh) print(describeRepair(drift));
    return { code: 0, last: describeOutputs(result) };
  });

const preview: Command = (context) =>
  judged(context, async (policies) => {
    const { invocation, print } = context;
    const { result } = await operate(
      context,
      (stack, options) => stack.preview({ ...options, ...policies }),
      { preview: true },
    );
    print(describePlan(result));
    return { code: invocation.given.has("expect-no-changes") && !result.upToDate ? 3 : 0 };
  });

const refresh: Command = async (context) => {
  const { result } = await operate(context, (stack, options) => stack.refresh(options));
  context.print(describeDrift(result));
  return 0;
};

const destroy: Command = async (context) => {
  const { summary } = await operate(context, (stack, options) => stack.destroy(options));
  context.print(summary || "Nothing was deployed.");
  return 0;
};

const outputs: Command = async ({ invocation: { given }, stateDir, env, print }) => {
  if (!existsSync(pulumiPlaces(stateDir).backendDir))
    throw new Error("nothing is deployed yet; start with: npm run local -- up");
  const stack = await openStack({
    stateDir,
    programDir: checkoutFolder(),
    pulumiBinary: toolsOf(env).pulumi,
    debugProviders: "",
    environment: {},
  });
  const found = await stack.outputs();
  const showSecrets = given.has("show-secrets");
  print(
    given.has("json") ? outputsAsJson(found, showSecrets) : describeOutputs(found, showSecrets),
  );
  return 0;
};

const status: Command = async ({ invocation: { given }, stateDir, print }) => {
  const found = await controlClient(stateDir).status();
  const memory = memoryOf(processesOf(found.pid, stateDir));
  print(
    given.has("json")
      ? JSON.stringify({ ...found, memory }, undefined, 2)
      : describeStatus(found, memory),
  );
  return 0;
};

const env: Command = async ({ stateDir, env: environment, print }) => {
  const settings = await controlClient(stateDir).settings();
  const { az, pulumi } = toolsOf(environment);
  const variables = await preparePersonalClients({ stateDir, settings, az });
  print(shellExports(variables));
  pathExport([az, pulumi], environment["PATH"] ?? "").forEach(print);
  print(
    '# A Pulumi CLI with its Node.js language host: pulumi -C "$GATED_IMPORTS_PROJECT" up -s local',
  );
  return 0;
};

const logs: Command = async ({ invocation: { operands, given }, stateDir, signal, print }) => {
  const control = controlClient(stateDir);
  const run = selectRun(await control.runs(), operands[0]);
  const follow = given.has("follow");
  const write = (text: string): void => {
    if (text) print(text.replace(/\n$/, ""));
  };
  const last = await printLog(control, run, { follow, signal, write });
  return follow && last.status !== "Succeeded" ? 1 : 0;
};

const down: Command = async ({ invocation: { given }, stateDir, progress, print }) => {
  const step = progress.start("Stopping the local Azure");
  const ran = await controlClient(stateDir).stop();
  if (ran) step.done();
  else step.stop("it was not running");
  if (given.has("delete")) {
    removeState(stateDir);
    print(`${stateDir} is removed.`);
  }
  return 0;
};

export const commands: Record<CommandName, Command> = {
  up,
  preview,
  refresh,
  destroy,
  outputs,
  status,
  env,
  logs,
  down,
};
