// @ts-check
/* global AbortController, AbortSignal */
/** Makes the parts that a command needs ready: side by side, shown while it runs, each under a lock. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./commandRun.mjs";
import { takeLock } from "./lock.mjs";

/** @typedef {import("./part.d.mts").Part} Part */

/**
 * Prepares what is not ready. The first failure stops the other parts and is thrown.
 * @param {Part[]} parts
 * @param {{ cache: string, signal: AbortSignal, openProgress: () => import("./progress.cjs").Progress }} options
 */
export async function prepareParts(parts, { cache, signal, openProgress }) {
  const ready = await Promise.all(parts.map((part) => part.isReady()));
  const missing = parts.filter((_, index) => !ready[index]);
  if (missing.length === 0) return;

  const progress = openProgress();
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  /** @type {Map<string, Promise<void>>} */
  const started = new Map();
  /** @param {Part} part */
  const start = async (part) => {
    await Promise.all((part.after ?? []).map((key) => started.get(key)));
    await prepareOne(part, { cache, signal: all, progress });
  };
  for (const part of missing) {
    const run = start(part);
    run.catch((error) => stop.abort(error));
    started.set(part.key, run);
  }
  await Promise.allSettled(started.values());
  progress.close();
  if (signal.aborted) throw signal.reason;
  if (stop.signal.aborted) throw stop.signal.reason;
}

/**
 * @param {Part} part
 * @param {{ cache: string, signal: AbortSignal, progress: import("./progress.cjs").Progress }} options
 */
async function prepareOne(part, { cache, signal, progress }) {
  signal.throwIfAborted();
  const step = progress.start(part.title);
  try {
    const release = await takeLock(join(cache, "locks", part.key), {
      signal,
      onWait: (owner) => step.update(`another setup (process ${owner}) is at it`),
    });
    try {
      if (await part.isReady()) return step.done("ready");
      const log = join(cache, "logs", `${part.key}.log`);
      rmSync(log, { force: true });
      await part.prepare({ signal, log, onLine: (line) => step.update(line) });
      step.done();
    } finally {
      release();
    }
  } catch (error) {
    if (signal.aborted) {
      step.stop();
      throw signal.reason;
    }
    step.fail();
    throw new SetupError(`${part.title}: ${/** @type {Error} */ (error).message}`, {
      lines: error instanceof SetupError ? error.lines : [],
      log: error instanceof SetupError ? error.log : undefined,
    });
  }
}
