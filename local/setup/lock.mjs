// @ts-check
/**
 * A lock between processes: a folder whose creation is atomic, with its owner written inside. A lock
 * whose owner has ended is taken over, so that a killed setup never blocks the next one.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** How long a lock folder may be without its owner's name: the time between making it and writing the name. */
const unnamedForAtMost = 5_000;
const lookEvery = 250;

/**
 * When a process started, so that a process id that was used again is not taken for the old owner.
 * Empty where /proc is not there.
 * @param {number} pid
 */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the command in parentheses and may contain blanks; field 22 is the start time.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/**
 * Whether the process that was noted as `pid start` still runs.
 * @param {number} pid
 * @param {string} start
 */
export function isRunning(pid, start) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ESRCH") return false;
  }
  return start === "" || startOf(pid) === start;
}

/** @param {string} folder */
function ownerOf(folder) {
  try {
    return readFileSync(join(folder, "owner"), "utf8");
  } catch {
    return undefined;
  }
}

/** @param {string} folder */
function isStale(folder) {
  const owner = ownerOf(folder);
  if (owner === undefined) {
    const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    return made !== undefined && Date.now() - made > unnamedForAtMost;
  }
  const [pid = "", start = ""] = owner.split(" ");
  return !isRunning(Number(pid), start);
}

/** @param {string} folder */
function tryTake(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(folder, "owner"), `${process.pid} ${startOf(process.pid)}`);
  return true;
}

/** @param {string} folder */
function breakStale(folder) {
  const seen = ownerOf(folder);
  const aside = `${folder}.stale-${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return; // Another process was faster.
  }
  // Between looking and renaming a new owner may have come: give its lock back.
  if (ownerOf(aside) !== seen) renameSync(aside, folder);
  else rmSync(aside, { recursive: true, force: true });
}

/**
 * Waits for the lock and takes it.
 * @param {string} folder made when the lock is taken
 * @param {{ signal?: AbortSignal, onWait?: (owner: string) => void }} [options] `onWait` is called once, with the owner's process id
 * @returns {Promise<() => void>} gives the lock back
 */
export async function takeLock(folder, { signal, onWait } = {}) {
  mkdirSync(dirname(folder), { recursive: true });
  let waited = false;
  while (!tryTake(folder)) {
    signal?.throwIfAborted();
    if (isStale(folder)) {
      breakStale(folder);
      continue;
    }
    if (!waited) onWait?.(ownerOf(folder)?.split(" ")[0] ?? "unknown");
    waited = true;
    await pause(lookEvery, undefined, { signal });
  }
  return () => rmSync(folder, { recursive: true, force: true });
}
