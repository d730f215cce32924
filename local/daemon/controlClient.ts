/** Asks a daemon over its control socket. */
import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { daemonPlaces } from "./places";
import { isRunning, markOf } from "./processes";
import type { ClientSettings, LocalAzureStatus, RunRecord } from "./types";

/** Nobody listens on the state folder's control socket. */
export class NotRunning extends Error {
  override name = "NotRunning";
}

export interface RunLog {
  run: RunRecord;
  /** The log so far; lines end in LF. */
  text: string;
}

export interface ControlClient {
  status(): Promise<LocalAzureStatus>;
  settings(): Promise<ClientSettings>;
  /** Runs of all registries, newest first. */
  runs(): Promise<RunRecord[]>;
  runLog(run: Pick<RunRecord, "registry" | "runId">): Promise<RunLog>;
  /** Digest of `registry/repository:tag` now. */
  digest(image: string): Promise<string | undefined>;
  /** Stops the daemon and waits until its process has ended. False when none ran. */
  stop(): Promise<boolean>;
}

/** Longest time that a daemon may take to stop everything, in milliseconds. */
const stopLimit = 60_000;

export function controlClient(folder: string): ControlClient {
  const places = daemonPlaces(folder);
  const get = <T>(path: string): Promise<T> => ask<T>(places.socket, "GET", path);

  async function stop(): Promise<boolean> {
    try {
      const { pid } = await ask<{ pid: number }>(places.socket, "POST", "/stop");
      return await ended(markOf(pid));
    } catch (error) {
      if (error instanceof NotRunning) return false;
      throw error;
    }
  }

  return {
    status: () => get("/status"),
    settings: () => get("/client"),
    runs: () => get("/runs"),
    runLog: ({ registry, runId }) =>
      get(`/runs/${encodeURIComponent(registry)}/${encodeURIComponent(runId)}/log`),
    async digest(image) {
      const answer = await get<{ digest: string | null }>(
        `/digest?image=${encodeURIComponent(image)}`,
      );
      return answer.digest ?? undefined;
    },
    stop,
  };
}

async function ended(daemon: { pid: number; start: string }): Promise<boolean> {
  const limit = Date.now() + stopLimit;
  while (isRunning(daemon)) {
    if (Date.now() > limit)
      throw new Error(
        `process ${daemon.pid} did not stop within ${stopLimit / 1000} s; see daemon.log, or kill it`,
      );
    await pause(50);
  }
  return true;
}

/** One exchange. @throws {NotRunning} */
function ask<T>(socketPath: string, method: string, path: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as T & { error?: string };
        if ((answer.statusCode ?? 500) < 400) resolve(body);
        else reject(new Error(body.error ?? `the control socket answered ${answer.statusCode}`));
      });
    });
    asked.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        ["ENOENT", "ECONNREFUSED", "ECONNRESET"].includes(error.code ?? "")
          ? new NotRunning("the local Azure is not running; start it with: npm run local -- up")
          : error,
      ),
    );
    asked.end();
  });
}
