/** One step that is shown from its start to its end. Ending a step twice does nothing. */
export interface Step {
  /** Replaces the text shown beside the elapsed time: what the step is at. */
  update(detail: string): void;
  /** Ends the step well; `note` stands for "done in". */
  done(note?: string): void;
  /** Ends the step badly; `note` stands for "failed". */
  fail(note?: string): void;
  /** Ends the step without a verdict; `note` stands for "stopped". */
  stop(note?: string): void;
}

export interface Progress {
  /** Whether lines are redrawn in place (a terminal) or only added (a file, a pipe, CI). */
  readonly live: boolean;
  /** Shows a step as running. */
  start(title: string): Step;
  /** Prints a line of its own above the running steps. */
  note(line: string): void;
  /** Text in an ANSI colour (`31` red, `32` green, ...), or plain where colours are not wanted. */
  paint(code: string, text: string): string;
  /** Ends the display; steps that still run disappear from it. */
  close(): void;
}

export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export interface ProgressOptions {
  /** Default: standard error. */
  stream?: ProgressStream;
  /** Looked at: NO_COLOR, CI, TERM. Default: the process's environment. */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds; default: the system clock. */
  now?: () => number;
}

/** Opens a display. Colours only on a terminal and without NO_COLOR; redrawing not under CI or TERM=dumb. */
export function openProgress(options?: ProgressOptions): Progress;

/** `0.4 s`, `12 s`, `3 min 05 s`. */
export function duration(milliseconds: number): string;
