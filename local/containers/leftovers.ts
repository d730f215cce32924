/** What containers leave on the machine beside their files: processes and mounts, found by the folder of their store. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { findProcesses, isRunning, markOf, treeOf } from "../daemon/processes";
import { capture } from "./command";

/** How long a killed process may take to end, and a folder to become free, in milliseconds. */
const limit = 5_000;
const pauseBetween = 50;

/** Programs that work for a container and name its store's folder on their command line. */
const helpers = ["buildah", "podman", "conmon", "runc", "slirp4netns", "rootlessport"];

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}

/** Mount points and sources name blanks, tabs, newlines and backslashes by their octal number. */
const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));

/** A program of a store below `folder`: it runs on the store's settings, names it, or lives in one of its containers. */
function worksOn(pid: number, folder: string): boolean {
  if (pid === process.pid) return false;
  const inside = `${folder}/`;
  if (read(`/proc/${pid}/environ`).includes(`CONTAINERS_STORAGE_CONF=${inside}`)) return true;
  const [program = "", ...args] = read(`/proc/${pid}/cmdline`).split("\0");
  const isHelper = helpers.some((name) => basename(program).startsWith(name));
  if (isHelper && args.some((argument) => argument.includes(inside))) return true;
  const mounts = read(`/proc/${pid}/mounts`).split("\n");
  return mounts.some((line) => line.split(" ")[1] === "/" && plain(line).includes(inside));
}

/** Kills all processes of stores below the folder, and waits until they have ended. */
export async function endProcessesOf(folder: string): Promise<void> {
  const found = treeOf(findProcesses((pid) => worksOn(pid, folder))).map(markOf);
  for (const mark of found) {
    try {
      if (isRunning(mark)) process.kill(mark.pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
  for (const end = Date.now() + limit; found.some(isRunning) && Date.now() < end;)
    await pause(pauseBetween);
}

/** Mount points at and below the folder, in the order in which they can be unmounted. */
export function mountsAt(folder: string): string[] {
  return read("/proc/self/mounts")
    .split("\n")
    .map((line) => plain(line.split(" ")[1] ?? ""))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}

/** Unmounts all at and below the folder. What is busy is taken out of sight, and freed once its last user has ended. */
export async function unmountAll(folder: string): Promise<void> {
  const env = { PATH: process.env.PATH };
  for (const path of mountsAt(folder)) {
    const { code } = await capture("umount", [path], { env });
    if (code !== 0) await capture("umount", ["--lazy", path], { env });
  }
}

/**
 * Removes a folder of a store with all that is mounted in it. A container's own clean-up may still write or mount
 * while this goes on: then once more, within a limit.
 * @throws what the last try met
 */
export async function removeStoreFolder(folder: string): Promise<void> {
  for (const end = Date.now() + limit; ; await pause(pauseBetween)) {
    await unmountAll(folder);
    try {
      return await rm(folder, { recursive: true, force: true });
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
