/** What the setup makes ready, one part a file. */

export interface Context {
  /** Root of the checkout. */
  checkout: string;
  /** Folder of tools shared by all checkouts of a user. */
  cache: string;
  env: NodeJS.ProcessEnv;
}

export interface Work {
  /** Aborted when another part failed or the person stopped the setup. */
  signal: AbortSignal;
  /** File for the output of commands. */
  log: string;
  /** Shows what the part is at. */
  onLine(line: string): void;
}

export interface Part {
  /** For the display, e.g. `Pulumi engine`. */
  title: string;
  /** Name of its lock and log; parts of two checkouts that share something have the same name. */
  key: string;
  /** Keys of parts that must be ready first, when they are wanted too. */
  after?: string[];
  /** Looks without changing anything; quick, because every command asks. */
  isReady(): Promise<boolean>;
  /** Makes it ready. Throws a SetupError whose message is one line with the next step. */
  prepare(work: Work): Promise<void>;
}
