/** Waits for conditions instead of times. */
import { setTimeout as pause } from "node:timers/promises";

export interface WaitOptions {
  /** What is waited for, for the error: `the page to turn green`. */
  what: string;
  /** Milliseconds. */
  limit: number;
  signal: AbortSignal;
  /** Milliseconds between two looks. Default 100. */
  every?: number;
}

/**
 * Asks until the answer is not `undefined`.
 * @throws Error that names what was waited for, when the limit is over
 */
export async function waitFor<T>(
  look: () => Promise<T | undefined> | T | undefined,
  { what, limit, signal, every = 100 }: WaitOptions,
): Promise<T> {
  const end = Date.now() + limit;
  for (;;) {
    signal.throwIfAborted();
    const answer = await look();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`waited ${Math.round(limit / 1000)} s for ${what}`);
    await pause(every, undefined, { signal });
  }
}
