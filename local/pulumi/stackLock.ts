/** Locks and half-made resources that a killed operation leaves behind. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stack } from "@pulumi/pulumi/automation";
import { isRunning, markOf, parentOf } from "../daemon/processes";

interface Lock {
  pid?: number;
  hostname?: string;
}

/**
 * Removes locks whose process is gone. An engine whose program was killed is ended first: it can do nothing but fail.
 * @returns whether there was one: an operation was killed.
 * @throws Error while another operation really runs.
 */
export async function removeStaleLocks(
  stack: Stack,
  { backendDir, projectName }: { backendDir: string; projectName: string },
): Promise<boolean> {
  const folder = join(backendDir, ".pulumi", "locks", "organization", projectName, stack.name);
  if (!existsSync(folder)) return false;
  const locks = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => readLock(join(folder, name)));
  if (locks.length === 0) return false;
  const holder = locks.find(
    ({ pid, hostname: host }) => pid && host === hostname() && isAlive(pid),
  );
  if (holder?.pid && !(await endOrphan(holder.pid)))
    throw new Error(
      `the stack is in use by the Pulumi process ${holder.pid}; wait until it ends, or stop it`,
    );
  await stack.cancel();
  return true;
}

/** How long an engine may take to let its providers finish what they are at. */
const graceMilliseconds = 20_000;

/** @returns whether the process has ended; one that has its program still is left alone */
async function endOrphan(pid: number): Promise<boolean> {
  const mark = markOf(pid);
  if (parentOf(pid) !== 1) return !isRunning(mark);
  for (const [signal, limit] of [
    ["SIGINT", graceMilliseconds],
    ["SIGKILL", 5000],
  ] as const) {
    if (isRunning(mark)) process.kill(pid, signal);
    for (const end = Date.now() + limit; Date.now() < end && isRunning(mark);) await sleep(50);
  }
  return !isRunning(mark);
}

function readLock(path: string): Lock {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Lock;
  } catch {
    return {};
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
