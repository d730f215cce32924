/** What the front door needs of a service: its host names and a request handler. */
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Service {
  /** For messages, e.g. `container registry`. */
  readonly name: string;
  /** Exact host names, or `*.suffix` for one label in front of a suffix. */
  readonly hosts: readonly string[];
  /** Answers one request; `request.headers.host` is the host the client asked for. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Ends what the service started: processes, containers, timers, open files. */
  stop(): Promise<void>;
}

/** One line to the local Azure's own log. Callers never pass secrets. */
export type Log = (line: string) => void;
