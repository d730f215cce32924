/** A running local Azure and the stack on it: what most commands work with. */
import { controlClient, type ControlClient } from "../daemon/controlClient";
import { ensureDaemon } from "../daemon/spawn";
import { toolsOf } from "../daemon/tools";
import { openStack, type LocalStack } from "../pulumi/stack";
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { checkoutFolder } from "./checkout";

export interface SessionOptions {
  stateDir: string;
  signal: AbortSignal;
  progress: Progress;
  env: NodeJS.ProcessEnv;
}

export interface Session {
  control: ControlClient;
  /** Whether this session started the daemon. */
  startedDaemon: boolean;
  /** Opens the stack; the settings come from the daemon. */
  stack(): Promise<LocalStack>;
}

/** Starts the local Azure where it does not run yet. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { stateDir, signal, progress, env } = options;
  const tools = toolsOf(env);
  const control = controlClient(stateDir);
  const step = progress.start("Local Azure");
  let startedDaemon: boolean;
  try {
    startedDaemon = await ensureDaemon({ stateDir, signal });
    step.done(startedDaemon ? "started" : "running");
  } catch (error) {
    if (signal.aborted) step.stop();
    else step.fail("not started");
    throw error;
  }
  return {
    control,
    startedDaemon,
    async stack() {
      const { environment, stackSecrets } = await control.settings();
      return await openStack({
        stateDir,
        programDir: checkoutFolder(),
        pulumiBinary: tools.pulumi,
        debugProviders: environment["PULUMI_DEBUG_PROVIDERS"] ?? "",
        environment,
        secrets: stackSecrets,
      });
    },
  };
}

/** Stops what an interrupted command started itself, so that nothing of it is left running. */
export async function closeAfterInterrupt(session: Session | undefined, progress: Progress) {
  if (!session?.startedDaemon) return;
  const step = progress.start("Stopping the local Azure");
  await session.control.stop();
  step.done();
}
