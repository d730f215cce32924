/** Carries requests to the backend and answers back, with repository names moved in and out of a site's folder. */
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream";
import type { Backend } from "./backend";
import { RegistryError, sendError, sendJson } from "./errors";

/** Error documents are small; a larger one is not ours to rewrite. */
const errorLimit = 64 * 1024;

const connectionHeaders = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "host",
  "authorization",
];

type Headers = Record<string, string | string[] | undefined>;

function endToEnd(headers: IncomingHttpHeaders): Headers {
  const copy: Headers = { ...headers };
  for (const name of connectionHeaders) delete copy[name];
  return copy;
}

/** `/v2/PREFIX/repository/…` as the client knows it: `/v2/repository/…`. */
function outside(location: string, prefix: string): string {
  return location.replace(/^https?:\/\/[^/]+/, "").replace(`/v2/${prefix}/`, "/v2/");
}

/** The backend names repositories in its errors' details; the client must find its own name there. */
function withoutPrefix(value: unknown, prefix: string): unknown {
  if (typeof value === "string") {
    return value.startsWith(`${prefix}/`) ? value.slice(prefix.length + 1) : value;
  }
  if (Array.isArray(value)) return value.map((item) => withoutPrefix(item, prefix));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutPrefix(item, prefix)]),
  );
}

async function collect(stream: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A request's whole body. @throws {RegistryError} `manifestTooLarge` beyond `limit` bytes. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const body = await collect(request, limit);
  if (body === undefined) throw new RegistryError("manifestTooLarge");
  return body;
}

export interface Forwarding {
  request: IncomingMessage;
  response: ServerResponse;
  backend: Backend;
  /** The site's folder in the backend. */
  prefix: string;
  /** Path and query for the backend. */
  path: string;
  /** The body, where it was read already; else the request is streamed. */
  body?: Buffer;
}

/**
 * Forwards one request and resolves with the backend's answer once its head is known and it was
 * accepted for the client; bodies flow in both directions with backpressure.
 */
export function forward(options: Forwarding): Promise<IncomingMessage> {
  const { request, response, backend, prefix, path, body } = options;
  return new Promise((resolve, reject) => {
    const inner = backend.request({
      method: request.method ?? "GET",
      path,
      headers: {
        ...endToEnd(request.headers),
        ...(body ? { "content-length": String(body.length) } : {}),
      },
    });
    // A client that goes away ends its upload or download here too.
    response.once("close", () => {
      if (!response.writableFinished) inner.destroy();
    });
    inner.on("error", () => {
      // The rest of the body is read and dropped: the client must get to the answer behind it.
      request.unpipe(inner);
      request.resume();
      reject(new RegistryError("unavailable"));
    });
    inner.on("response", (answer) => {
      resolve(answer);
      void reply({ answer, response, prefix, isHead: request.method === "HEAD" });
    });
    if (body) inner.end(body);
    else request.pipe(inner);
  });
}

async function reply(options: {
  answer: IncomingMessage;
  response: ServerResponse;
  prefix: string;
  isHead: boolean;
}): Promise<void> {
  const { answer, response, prefix, isHead } = options;
  const headers = endToEnd(answer.headers);
  if (typeof headers["location"] === "string") {
    headers["location"] = outside(headers["location"], prefix);
  }
  const status = answer.statusCode ?? 502;
  const isErrorDocument = status >= 400 && /json/.test(answer.headers["content-type"] ?? "");
  if (isErrorDocument && !isHead) {
    try {
      const document = await collect(answer, errorLimit);
      sendJson(response, status, withoutPrefix(JSON.parse(String(document)), prefix));
    } catch {
      sendError(response, new RegistryError("unavailable"));
    }
    return;
  }
  response.writeHead(status, headers);
  pipeline(answer, response, () => undefined);
}
