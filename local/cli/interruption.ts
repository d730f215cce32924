/** Ctrl-C and its kin: the first asks the command to end in order, later ones change nothing. */

/** The command was stopped by a signal. */
export class Interrupted extends Error {
  override name = "Interrupted";
  constructor(readonly signalName: "SIGINT" | "SIGTERM" | "SIGHUP") {
    super(`stopped by ${signalName}`);
  }
}

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** What a shell shows for a process ended by the signal. */
export function exitCodeOf({ signalName }: Interrupted): number {
  return exitCodes[signalName];
}

/**
 * A signal that aborts with `Interrupted`. The terminal, npm and the setup each pass Ctrl-C on, so one key press
 * arrives several times; and ending an engine by force leaves half-made resources behind.
 */
export function interruptSignal(onInterrupt: () => void): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (controller.signal.aborted) return;
      controller.abort(new Interrupted(name));
      onInterrupt();
    });
  return controller.signal;
}
