/** What has begun in Azure is heard out: a request given up half-way leaves a resource that the stack does not know. */

/** How long an answer is still waited for after the operation was told to stop, in milliseconds. */
const graceMilliseconds = 3000;
/** How long reading what is there now may take, whatever the operation was told, in milliseconds. */
const lookMilliseconds = 10_000;

/** Does `work` under a signal that aborts as `signal` does, only later. Does not begin it when `signal` has aborted. */
export async function hearOut<T>(
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    timer = setTimeout(() => late.abort(signal.reason), graceMilliseconds);
  };
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await work(late.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** For a look at what was made, which an interrupt must not spoil. */
export function lookSignal(): AbortSignal {
  return AbortSignal.timeout(lookMilliseconds);
}
