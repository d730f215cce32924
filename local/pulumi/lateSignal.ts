/** Brings an abort to the engine no sooner than it can take one, and never loses it. */

/** Milliseconds after which an engine that says nothing is told all the same. */
const patience = 5_000;

export interface LateSignal {
  /** For the Automation API; absent when there is none to follow. */
  signal: AbortSignal | undefined;
  /** The engine runs: it takes an interrupt from now on. */
  engineSpoke(): void;
  close(): void;
}

/**
 * The Automation API listens only once it has started the engine, so an abort before that would be lost and the operation
 * run to its end; and an engine that is told before it has its own handler dies of it, with its lock left behind.
 */
export function lateSignal(signal: AbortSignal | undefined): LateSignal {
  if (!signal) return { signal, engineSpoke: () => undefined, close: () => undefined };
  const late = new AbortController();
  let spoke = false;
  let timer: NodeJS.Timeout | undefined;
  const pass = (): void => late.abort(signal.reason);
  const onAbort = (): void => {
    if (spoke) pass();
    else timer ??= setTimeout(pass, patience);
  };
  signal.addEventListener("abort", onAbort);
  return {
    signal: late.signal,
    engineSpoke() {
      if (spoke) return;
      spoke = true;
      if (signal.aborted) pass();
    },
    close() {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
