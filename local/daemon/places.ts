/** Files and sockets by which a daemon is found from its state folder. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, statSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Longest path of a Unix socket on Linux; Node cuts longer ones off without a word. */
const longestSocketPath = 107;

export interface DaemonPlaces {
  stateDir: string;
  /** Control socket, inside the state folder where its path is short enough. */
  socket: string;
  /** The daemon's own output. */
  log: string;
  /** Process id and start time, for the case that the socket does not answer. */
  record: string;
  /** A socket name in the kernel's own list: taken as long as the daemon lives, gone with it. */
  lock: string;
}

/** Makes nothing; the same for every process that asks for the same folder. */
export function daemonPlaces(folder: string): DaemonPlaces {
  const stateDir = resolve(folder);
  const hash = createHash("sha256").update(stateDir).digest("hex").slice(0, 16);
  const inside = join(stateDir, "control.sock");
  return {
    stateDir,
    socket:
      Buffer.byteLength(inside) <= longestSocketPath ? inside : join(shortFolder(), `${hash}.sock`),
    log: join(stateDir, "daemon.log"),
    record: join(stateDir, "daemon.json"),
    lock: `\0gated-imports-${hash}`,
  };
}

function shortFolder(): string {
  const runtime = process.env["XDG_RUNTIME_DIR"];
  return runtime && runtime.length < 60
    ? join(runtime, "gated-imports")
    : join(tmpdir(), `gated-imports-${userInfo().uid}`);
}

/**
 * Makes the state folder, and the folder of the socket where that is another one, for this user alone.
 * @throws Error when somebody else owns the socket's folder.
 */
export function makeFolders({ stateDir, socket }: DaemonPlaces): void {
  mkdirSync(stateDir, { recursive: true });
  chmodSync(stateDir, 0o700);
  const folder = dirname(socket);
  if (folder === stateDir) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statSync(folder).uid !== userInfo().uid)
    throw new Error(`${folder} belongs to another user; set XDG_RUNTIME_DIR to a folder of yours`);
  chmodSync(folder, 0o700);
}

/** Removes the folder of the socket where that is another one, unless it holds the socket of another local Azure. */
export function forgetFolders({ stateDir, socket }: DaemonPlaces): void {
  const folder = dirname(socket);
  if (folder !== stateDir && existsSync(folder) && readdirSync(folder).length === 0)
    rmdirSync(folder);
}
