/** Ties a daemon to its process: signals, the message to the starter, the exit code. */
import { startDaemon, type RunningDaemon } from "./daemon";
import { startOptionsOf } from "./startOptions";
import { toolsOf } from "./tools";
import type { StartLocalAzure, StartMessage } from "./types";

const log = (line: string): void => {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
};

/** One line for a person; the whole error is in the log. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? "";
}

function tell(message: StartMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}

/** Runs until it is asked to stop; then the process ends. Exit code 1 when the start failed. */
export async function runDaemonProcess(
  stateDir: string,
  startAzure: StartLocalAzure,
): Promise<void> {
  let daemon: RunningDaemon | undefined;
  let isReady = false;
  let stopAsked = false;
  const stop = (cause: string): void => {
    log(`stopping: ${cause}`);
    stopAsked = true;
    void daemon?.stop();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.on(signal, () => stop(signal));
  process.on("disconnect", () => {
    if (!isReady) stop("the command that started this ended");
  });
  process.on("uncaughtException", (error) => {
    log(`fault: ${error.stack ?? error.message}`);
    process.exitCode = 1;
    stop("a fault");
  });
  process.on("unhandledRejection", (reason) => {
    log(`fault: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`);
  });

  try {
    const tools = toolsOf(process.env);
    const options = { stateDir, tools, ...startOptionsOf(process.env), log };
    daemon = await startDaemon(options, startAzure);
    if (stopAsked) void daemon.stop();
    await daemon.ready;
    isReady = true;
    log(`ready: process ${process.pid}`);
    await tell({ ready: true });
    await daemon.stopped;
    log("stopped");
  } catch (error) {
    log(`not started: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    isReady = true;
    await tell({ error: oneLine(error) });
    process.exitCode = 1;
  }
  // Whatever a part left open must not keep the process.
  process.exit();
}
