/**
 * One podman/buildah image store in a folder of its own: images, containers, locks and logins.
 * Nothing under /var/lib/containers or /run is shared, so stores of two local Azures never meet.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CommandOptions } from "../contracts/containers";
import { takeTurns } from "../kernel/turns";
import { type Captured, capture, lastLine, runCommand } from "./command";
import { endProcessesOf, removeStoreFolder, unmountAll } from "./leftovers";

export interface ImageStore {
  readonly folder: string;
  podman(
    args: string[],
    options: CommandOptions & { cwd?: string; input?: string },
  ): Promise<number>;
  buildah(args: string[], options: CommandOptions & { cwd?: string }): Promise<number>;
  /** Podman for its answer. */
  ask(args: string[], input?: string): Promise<Captured>;
  /** @throws Error with podman's words when the registry refuses the login. */
  login(server: string, login: { username: string; password: string }): Promise<void>;
  /** Ends all containers and what is theirs outside the folder; images stay. */
  stop(): Promise<void>;
  /** Removes all containers, then the folder. */
  remove(): Promise<void>;
}

/** What a stopping container gets to end by itself, in seconds. */
export const graceSeconds = 2;

export interface ImageStoreOptions {
  folder: string;
  /** Folder of another store whose layers this one may use without a copy. */
  layersFrom?: string;
  /** Proxy and CA variables that lead registry names to the local Azure. */
  clientEnvironment: () => Record<string, string>;
}

/**
 * Podman raises limits to a fixed million, which a machine without that right refuses, and lowers the ones it
 * runs under itself: modest values below our own hard limits work everywhere.
 */
function ulimits(): string {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const lowered = (label: string, wanted: number): number => {
    const hard = new RegExp(`^${label}\\s+\\S+\\s+(\\d+)`, "m").exec(limits)?.[1];
    return Math.min(wanted, hard === undefined ? wanted : Number(hard));
  };
  const files = lowered("Max open files", 1024);
  const processes = lowered("Max processes", 4096);
  return `"nofile=${files}:${files}", "nproc=${processes}:${processes}"`;
}

function writeConfiguration(folder: string, runtime: string, layersFrom?: string): void {
  const write = (name: string, lines: string[]): void =>
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`, { mode: 0o600 });
  write("containers.conf", [
    "[containers]",
    `default_ulimits = [${ulimits()}]`,
    'log_driver = "k8s-file"',
    // Podman would hand its own proxy to every container, under an address that is not the container's.
    "http_proxy = false",
    "[engine]",
    // runc runs under every cgroup layout, crun not under hybrid ones; file locks stay in this folder.
    'runtime = "runc"',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "none"',
    'lock_type = "file"',
    `tmp_dir = "${runtime}"`,
    "[network]",
    'network_backend = "netavark"',
    `network_config_dir = "${join(folder, "networks")}"`,
  ]);
  write("storage.conf", [
    "[storage]",
    'driver = "overlay"',
    `graphroot = "${join(folder, "root")}"`,
    `runroot = "${join(runtime, "run")}"`,
    "[storage.options]",
    `additionalimagestores = [${layersFrom ? `"${join(layersFrom, "root")}"` : ""}]`,
  ]);
  write("registries.conf", ['unqualified-search-registries = ["docker.io"]']);
}

/**
 * Where a store keeps the sockets of its running containers. A socket's path has 107 characters at most, of which
 * podman needs 80: in a deep state folder its monitor would die of it, and each container end 20 s late.
 */
function runtimeFolder(folder: string): string {
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 12);
  return join("/run", `gated-imports-${name}`);
}

/** Whether a process has the path on its command line. */
function isWorkedOn(path: string): boolean {
  return readdirSync("/proc").some((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(path);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}

/** Opens a store; the folder is made if need be. */
export function openImageStore({
  folder,
  layersFrom,
  clientEnvironment,
}: ImageStoreOptions): ImageStore {
  mkdirSync(join(folder, "tmp"), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, "networks"), { recursive: true });
  const runtime = runtimeFolder(folder);
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  writeConfiguration(folder, runtime, layersFrom);
  const logins = join(folder, "auth.json");
  if (!existsSync(logins)) writeFileSync(logins, "{}", { mode: 0o600 });

  const env = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    LANG: "C.UTF-8",
    CONTAINERS_CONF: join(folder, "containers.conf"),
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    CONTAINERS_REGISTRIES_CONF: join(folder, "registries.conf"),
    REGISTRY_AUTH_FILE: logins,
    ...clientEnvironment(),
  });
  const inTurn = takeTurns();
  const podmanArgs = (args: string[]): string[] => ["--tmpdir", runtime, ...args];
  const ask: ImageStore["ask"] = (args, input) =>
    capture("podman", podmanArgs(args), { env: env(), input });

  /** Ends all containers, and waits until nothing of theirs is at work any more. */
  async function endContainers(seconds: number): Promise<void> {
    await ask(["rm", "--all", "--force", "--time", String(seconds)]);
    // A container's monitor cleans up once more after podman has answered.
    for (let looks = 0; looks < 100 && isWorkedOn(runtime); looks++) await pause(50);
    // While containers run, podman has the folder of layers mounted on itself. When two end side by side it now and then
    // forgets to undo that, and so does buildah with the layers of a Dockerfile that is FROM alone: then the folder
    // cannot be removed.
    await unmountAll(join(folder, "root"));
    await removeStoreFolder(runtime);
  }

  return {
    folder,
    ask,
    podman: (args, options) => runCommand("podman", podmanArgs(args), { env: env(), ...options }),
    buildah: (args, options) => runCommand("buildah", args, { env: env(), ...options }),
    async login(server, { username, password }) {
      const args = ["login", "--username", username, "--password-stdin", server];
      // Each login rewrites the whole file of logins.
      const { code, text } = await inTurn(() => ask(args, password));
      if (code !== 0)
        throw new Error(`login to ${server} as ${username} refused: ${lastLine(text)}`);
    },
    stop: () => endContainers(graceSeconds),
    async remove() {
      await endContainers(0);
      await endProcessesOf(folder);
      await removeStoreFolder(folder);
    },
  };
}
