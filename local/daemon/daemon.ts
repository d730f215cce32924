/** The background process: one local Azure, its lock and its control endpoint. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { sendHttps } from "../tasks/httpsClient";
import { NotReady, serveControl } from "./controlServer";
import { findRun, listRuns, observe } from "./observation";
import { daemonPlaces, forgetFolders, makeFolders, type DaemonPlaces } from "./places";
import { markOf } from "./processes";
import type { LocalAzure, LocalAzureOptions, StartLocalAzure } from "./types";

export interface RunningDaemon {
  /** Resolves once everything is up. Rejects with the reason when the start failed; all is stopped then. */
  ready: Promise<void>;
  /** Ends everything, also a start that is under way. May be called more than once. */
  stop(): Promise<void>;
  /** Resolves once everything is stopped, whoever asked for it. */
  stopped: Promise<void>;
}

/** Another daemon serves this state folder. */
export class AlreadyRunning extends Error {
  override name = "AlreadyRunning";
}

/**
 * Starts a local Azure with its control endpoint.
 * @throws {AlreadyRunning}
 */
export async function startDaemon(
  options: LocalAzureOptions,
  startAzure: StartLocalAzure,
): Promise<RunningDaemon> {
  const places = daemonPlaces(options.stateDir);
  makeFolders(places);
  const lock = await takeLock(places);
  const startedAt = new Date().toISOString();
  writeFileSync(places.record, JSON.stringify(markOf(process.pid)), { mode: 0o600 });

  let azure: LocalAzure | undefined;
  let stopping: Promise<void> | undefined;
  let tellStopped = (): void => undefined;
  const stopped = new Promise<void>((resolve) => (tellStopped = resolve));
  const up = (): LocalAzure => {
    if (azure) return azure;
    throw new NotReady("the local Azure is starting");
  };

  const control = await serveControl(places.socket, {
    status: () => observe(up().parts, { pid: process.pid, startedAt, stateDir: places.stateDir }),
    client: () => ({ environment: up().environment, stackSecrets: up().stackSecrets }),
    runs: () => listRuns(up().parts),
    digest: (image) => findDigest(up(), image),
    log: (registry, runId) => readLog(up(), { registry, runId }),
    stop: () => void stop(),
  });
  const starting = startAzure({ ...options, stateDir: places.stateDir }).then((started) => {
    azure = started;
  });

  async function stopAll(): Promise<void> {
    await starting.catch(() => undefined);
    try {
      await azure?.stop();
    } catch (error) {
      options.log(`stop: ${(error as Error).message}`);
    }
    await control.close();
    forgetFolders(places);
    rmSync(places.record, { force: true });
    await new Promise((resolve) => lock.close(resolve));
    tellStopped();
  }
  const stop = (): Promise<void> => (stopping ??= stopAll());

  return {
    ready: starting.catch(async (error: unknown) => {
      await stop();
      throw error;
    }),
    stop,
    stopped,
  };
}

/** The kernel gives the name to one process at a time and takes it back when that ends, however it ends. */
async function takeLock({ lock, stateDir, record }: DaemonPlaces): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new AlreadyRunning(
              `another local Azure (${processIn(record)}) runs on ${stateDir}; stop it with: npm run local -- down`,
            )
          : error,
      ),
    );
    server.listen(lock, resolve);
  });
  return server;
}

function processIn(record: string): string {
  try {
    return `process ${(JSON.parse(readFileSync(record, "utf8")) as { pid: number }).pid}`;
  } catch {
    return "starting or stopping";
  }
}

async function findDigest({ parts }: LocalAzure, image: string): Promise<string | undefined> {
  const [, registry, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(image) ?? [];
  if (!registry || !repository || !tag)
    throw new Error(`${image} is not of the form registry/repository:tag`);
  return await parts.registries.findDigest(registry, repository, tag);
}

/** The log as `az acr task logs` reads it: through the front door, with a signed URL. */
async function readLog(
  { parts, environment }: LocalAzure,
  asked: { registry: string; runId: string },
): Promise<unknown> {
  const found = findRun(parts, asked);
  if (!found) return undefined;
  const url = parts.runs.logUrl(found.registryId, found.run.runId);
  const { status, text } = await sendHttps(url, { environment });
  return { run: found.run, text: status === 200 ? text.replaceAll("\r\n", "\n") : "" };
}
