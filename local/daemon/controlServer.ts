/** The daemon's control endpoint: HTTP on a Unix socket that only its owner can open. */
import { chmodSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface ControlHandlers {
  status(): unknown;
  client(): unknown;
  runs(): unknown;
  /** Digest of `registry/repository:tag`; `undefined` when there is none. */
  digest(image: string): Promise<string | undefined>;
  /** The run and its log so far; `undefined` when there is no such run. */
  log(registry: string, runId: string): Promise<unknown>;
  stop(): void;
}

interface Answer {
  status: number;
  body: unknown;
}

const notFound = (message: string): Answer => ({ status: 404, body: { error: message } });

async function answer(request: IncomingMessage, handlers: ControlHandlers): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://control");
  const [first, ...rest] = url.pathname.slice(1).split("/").map(decodeURIComponent);
  switch (`${request.method} /${first}${rest.length > 0 ? "/*" : ""}`) {
    case "GET /status":
      return { status: 200, body: handlers.status() };
    case "GET /client":
      return { status: 200, body: handlers.client() };
    case "GET /runs":
      return { status: 200, body: handlers.runs() };
    case "GET /digest": {
      const digest = await handlers.digest(url.searchParams.get("image") ?? "");
      return { status: 200, body: { digest: digest ?? null } };
    }
    case "GET /runs/*": {
      const [registry = "", runId = "", what] = rest;
      const log = what === "log" ? await handlers.log(registry, runId) : undefined;
      return log === undefined
        ? notFound(`there is no run ${runId} in ${registry}`)
        : { status: 200, body: log };
    }
    case "POST /stop":
      handlers.stop();
      return { status: 202, body: { pid: process.pid } };
    default:
      return notFound(`${request.method} ${url.pathname} is not part of the control endpoint`);
  }
}

/** Thrown by handlers while the local Azure is not up yet. */
export class NotReady extends Error {
  override name = "NotReady";
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
): Promise<void> {
  const { status, body } = await answer(request, handlers).catch((error: unknown) => ({
    status: error instanceof NotReady ? 503 : 500,
    body: { error: error instanceof Error ? error.message : String(error) },
  }));
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(body));
}

/** Listens on `path`; a socket file left over there is replaced, so hold the daemon's lock first. */
export async function serveControl(
  path: string,
  handlers: ControlHandlers,
): Promise<{ close(): Promise<void> }> {
  rmSync(path, { force: true });
  const server = createServer((request, response) => void respond(request, response, handlers));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
