/** Starts the daemon in the background and waits until it is ready. */
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { controlClient, NotRunning } from "./controlClient";
import { daemonPlaces, makeFolders } from "./places";
import type { StartMessage } from "./types";

export interface SpawnOptions {
  stateDir: string;
  /** Aborting stops a start that is under way; the promise then rejects once the daemon has ended. */
  signal?: AbortSignal;
  /** Compiled entry of the daemon; default this package's own. */
  entry?: string;
}

/**
 * Makes sure that a daemon serves the state folder.
 * @returns whether this call started it
 * @throws Error in one line, with the log's path, when it does not come up
 */
export async function ensureDaemon(options: SpawnOptions): Promise<boolean> {
  const { stateDir, signal } = options;
  signal?.throwIfAborted();
  try {
    await controlClient(stateDir).status();
    return false;
  } catch (error) {
    if (!(error instanceof NotRunning)) throw error;
  }
  await startProcess(options);
  return true;
}

/** The daemon runs compiled, for its memory's sake; this module may also run from its source, in tests. */
function compiledDaemon(): string {
  const beside = join(__dirname, "main.js");
  return existsSync(beside) ? beside : join(__dirname, "..", "dist", "daemon", "main.js");
}

async function startProcess({ stateDir, signal, entry }: SpawnOptions): Promise<void> {
  const places = daemonPlaces(stateDir);
  makeFolders(places);
  const log = openSync(places.log, "a", 0o600);
  const child = spawn(process.execPath, [entry ?? compiledDaemon(), places.stateDir], {
    // A session of its own: Ctrl-C in the terminal is for the command, not for the daemon.
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
  });
  closeSync(log);
  const abort = (): void => void child.kill("SIGTERM");
  signal?.addEventListener("abort", abort, { once: true });
  try {
    const message = await firstMessage(child, signal);
    if ("error" in message)
      throw new Error(`the local Azure did not start: ${message.error} (log: ${places.log})`);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function firstMessage(child: ChildProcess, signal?: AbortSignal): Promise<StartMessage> {
  return new Promise((resolve, reject) => {
    let said: StartMessage | undefined;
    child.once("error", reject);
    child.once("message", (message: StartMessage) => {
      said = message;
      if ("ready" in message && !signal?.aborted) resolve(message);
    });
    // With an error, or when it was told to stop, the process is still cleaning up: wait for its end.
    child.once("exit", (code, cause) =>
      resolve(
        said && "error" in said ? said : { error: `its process ended with ${code ?? cause}` },
      ),
    );
  });
}
