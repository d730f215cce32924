/** A line of jobs of which a few run at a time, in the order they came. */

export interface RunQueue {
  /** The job starts when a place is free; it must not reject. */
  add(job: () => Promise<void>): void;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
}

export function createRunQueue(places: number): RunQueue {
  const waiting: (() => Promise<void>)[] = [];
  const idleListeners: (() => void)[] = [];
  let running = 0;

  function next(): void {
    if (running === 0 && waiting.length === 0) {
      for (const listener of idleListeners.splice(0)) listener();
    }
    if (running >= places) return;
    const job = waiting.shift();
    if (!job) return;
    running += 1;
    // Not within the caller's turn: who queues a run sees it queued.
    void Promise.resolve()
      .then(job)
      .finally(() => {
        running -= 1;
        next();
      });
    next();
  }

  return {
    add(job) {
      waiting.push(job);
      next();
    },
    idle: () =>
      new Promise((resolve) => {
        idleListeners.push(resolve);
        next();
      }),
  };
}
