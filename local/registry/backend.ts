/**
 * The real registry behind the front: one `docker-registry serve` process (CNCF distribution) on
 * a unix socket in the state folder, so there is no port to clash and no way in for other users.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpRequest, type ClientRequest } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Log } from "../contracts/service";
import { isRunning, markOf, type ProcessMark } from "../daemon/processes";
import { JsonFile } from "../kernel/jsonFile";

const startLimit = 15_000;
const stopLimit = 5_000;
const socketName = "backend.sock";

export interface Backend {
  /** Opens a request to the backend; the caller pipes the body and handles `error`. */
  request(options: {
    method: string;
    path: string;
    headers: Record<string, string | string[] | undefined>;
  }): ClientRequest;
  /** Ends the process and waits for it; with `collect`, unreferenced blobs are removed afterwards. */
  stop(options?: { collect?: boolean }): Promise<void>;
}

async function until(limit: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end; await delay(20)) {
    if (await condition()) return true;
  }
  return false;
}

/** Ends what a crashed local Azure left behind; refuses a folder that a living one uses. */
async function clearStale(pidFile: JsonFile<{ backend: ProcessMark; owner: ProcessMark } | null>) {
  const stale = pidFile.read();
  if (!stale || !isRunning(stale.backend)) return;
  // An owner that was killed a moment ago is still ending.
  if (!(await until(stopLimit, () => !isRunning(stale.owner)))) {
    throw new Error(
      `The container registry of this state folder is in use by process ${stale.owner.pid}; stop it or choose another state folder`,
    );
  }
  try {
    process.kill(stale.backend.pid, "SIGKILL");
  } catch {
    // It has ended with its owner.
  }
  await until(stopLimit, () => !isRunning(stale.backend));
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("exit", () => resolve()));
}

/**
 * Starts the registry with its storage in `folder`.
 * @throws when docker-registry is missing or does not answer in time, with the next step.
 */
export async function startBackend(options: { folder: string; log: Log }): Promise<Backend> {
  const { folder, log } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pidPath = join(folder, "backend.json");
  const pidFile = new JsonFile<{ backend: ProcessMark; owner: ProcessMark } | null>(
    pidPath,
    () => null,
  );
  await clearStale(pidFile);

  const configPath = join(folder, "config.yml");
  // JSON is YAML. No blob descriptor cache: content is also removed on disk, behind its back.
  writeFileSync(
    configPath,
    JSON.stringify({
      version: "0.1",
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: folder }, delete: { enabled: true } },
      http: { net: "unix", addr: socketName, relativeurls: true },
    }),
    { mode: 0o600 },
  );
  rmSync(join(folder, socketName), { force: true });

  // setpriv asks the kernel to end the registry with us, however we end. REGISTRY_* variables of
  // the user's shell would override the configuration, so the environment is not passed on.
  const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "docker-registry", "serve", configPath], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  let stopping = false;
  child.on("error", (error) => (complaints = error.message));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  child.on("exit", (code, signal) => {
    if (stopping) return;
    const cause = complaints.trim().split("\n").pop();
    log(`container registry: docker-registry ended (${signal ?? code}): ${cause}`);
  });
  const { pid } = child;
  if (pid === undefined) {
    throw new Error(
      "setpriv could not be started; install util-linux (apt-get install util-linux)",
    );
  }
  pidFile.write({ backend: markOf(pid), owner: markOf(process.pid) });

  const agent = new Agent({ keepAlive: true });
  // Through /proc a deep state folder cannot exceed the 107 bytes that a socket's path may have.
  const socketPath = `/proc/${pid}/cwd/${socketName}`;
  const request: Backend["request"] = ({ method, path, headers }) =>
    httpRequest({ agent, socketPath, method, path, headers: { ...headers, host: "registry" } });

  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const probe = request({ method: "GET", path: "/v2/", headers: {} });
      probe.on("response", (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      probe.on("error", () => resolve(false));
      probe.end();
    });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  const stop: Backend["stop"] = async ({ collect = false } = {}) => {
    stopping = true;
    agent.destroy();
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopLimit);
    await ended(child);
    clearTimeout(timer);
    if (collect) await collectGarbage(configPath, environment, log);
    rmSync(pidPath, { force: true });
    rmSync(join(folder, socketName), { force: true });
  };

  const ready = await until(startLimit, async () => hasEnded() || (await answers()));
  if (!ready || hasEnded()) {
    await stop();
    const cause = complaints.trim().split("\n").pop() || "it did not answer in time";
    const step = /No such file/.test(cause) ? "apt-get install docker-registry" : "see the cause";
    throw new Error(`docker-registry did not start: ${cause}; next step: ${step}`);
  }
  return { request, stop };
}

/** Removes blobs that no manifest names any more. Only safe while the registry is down. */
async function collectGarbage(config: string, env: NodeJS.ProcessEnv, log: Log): Promise<void> {
  if (!existsSync(config)) return;
  const child = spawn("docker-registry", ["garbage-collect", config], {
    env,
    stdio: "ignore",
    timeout: 30_000,
  });
  child.on("error", () => undefined);
  await ended(child);
  if (child.exitCode !== 0) log("container registry: unused layers could not be removed");
}
