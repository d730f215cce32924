/** Processes as /proc tells: whether one still runs, which belong to a local Azure, what they hold in memory. */
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

export interface ProcessMark {
  pid: number;
  /** Start time in clock ticks since boot: tells a process from a later one with the same id. */
  start: string;
}

export interface MemoryUse {
  pid: number;
  /** Name of the program, e.g. `docker-registry`. */
  name: string;
  /** Proportional set size in bytes: pages shared by n processes count 1/n for each. */
  bytes: number;
}

/** Helpers of containers leave the daemon's process tree; they name the state folder in their arguments. */
const detachedPrograms = [
  "conmon",
  "slirp4netns",
  "pasta",
  "aardvark-dns",
  "podman",
  "rootlessport",
];

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Fields of /proc/PID/stat after the command's name, which may hold blanks and parentheses. */
function statFields(pid: number): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** 1 for a process whose parent has ended. */
export const parentOf = (pid: number): number => Number(statFields(pid)[1]);

export function markOf(pid: number): ProcessMark {
  return { pid, start: statFields(pid)[19] ?? "" };
}

/** False for a process that ended, also while nobody collected its exit code. */
export function isRunning({ pid, start }: ProcessMark): boolean {
  const fields = statFields(pid);
  // The first thread may be gone while others still hold sockets and files open.
  const ended = fields[0] === "Z" && Number(fields[17]) <= 1;
  return !ended && fields[19] !== undefined && fields[19] === start;
}

function allProcesses(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The processes, and all that they started and that is still theirs. */
export function treeOf(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const pid of allProcesses()) {
    const parent = Number(statFields(pid)[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = new Set<number>();
  const add = (pid: number): void => {
    if (found.has(pid)) return;
    found.add(pid);
    for (const child of children.get(pid) ?? []) add(child);
  };
  for (const root of roots) add(root);
  return [...found];
}

/** The ids of all processes that match. */
export function findProcesses(matches: (pid: number) => boolean): number[] {
  return allProcesses().filter(matches);
}

/** Process ids of the daemon, all it started, and its containers. */
export function processesOf(daemonPid: number, stateDir: string): number[] {
  const detached = findProcesses((pid) => {
    const [program = "", ...args] = read(`/proc/${pid}/cmdline`).split("\0");
    const names = args.some((argument) => argument.includes(`${stateDir}/`));
    return names && detachedPrograms.includes(basename(program));
  });
  return treeOf([daemonPid, ...detached]);
}

/** Memory of each process; those that ended meanwhile are left out. Largest first. */
export function memoryOf(pids: readonly number[]): MemoryUse[] {
  return pids
    .map((pid) => {
      const kilobytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
      return { pid, name: read(`/proc/${pid}/comm`).trim(), bytes: Number(kilobytes ?? 0) * 1024 };
    })
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes);
}
