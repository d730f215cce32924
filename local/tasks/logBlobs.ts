/**
 * The storage account that holds the logs of runs: `https://ACCOUNT.blob.core.windows.net/logs/REGISTRY/RUN/rawtext.log`,
 * read with a signed URL. `az acr task logs` follows it with HEAD and ranged GET until the metadata says `complete`.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { RunStatus } from "../contracts/tasks";

const account = "localtasklogs";
const lifetime = 60 * 60 * 1000;

/** What the stored log says when it is complete; az takes all but the failures as success. */
const endOf: Partial<Record<RunStatus, string>> = {
  Succeeded: "successful",
  Failed: "failed",
  Canceled: "canceled",
  Timeout: "timedout",
  Error: "internalerror",
};

export interface LogFile {
  path: string;
  status: RunStatus;
}

export interface LogBlobs {
  /** A URL that reads the log for an hour. */
  url(registryName: string, runId: string): string;
  handle(request: IncomingMessage, response: ServerResponse): void;
}

export interface LogBlobsOptions {
  /** Secret that signs URLs. */
  signingKey: string;
  find(registryName: string, runId: string): LogFile | undefined;
  now?: () => number;
}

interface Refusal {
  status: number;
  code: string;
  message: string;
}

const notFound: Refusal = {
  status: 404,
  code: "ResourceNotFound",
  message: "The specified resource does not exist.",
};
const unauthenticated: Refusal = {
  status: 403,
  code: "AuthenticationFailed",
  message:
    "Server failed to authenticate the request: the log URL is not valid or has expired; ask for a new one.",
};

function refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const { status, code, message } = refusal;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml", "x-ms-error-code": code });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** First and last byte of `bytes=A-B` or `bytes=A-`; `undefined` for no range or another form. */
function rangeOf(header: string | undefined): { first: number; last: number } | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined) return undefined;
  return { first: Number(first), last: last ? Number(last) : Number.MAX_SAFE_INTEGER };
}

function readPart(path: string, first: number, length: number): Buffer {
  const part = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    return part.subarray(0, readSync(file, part, 0, length, first));
  } finally {
    closeSync(file);
  }
}

export function createLogBlobs({ signingKey, find, now = Date.now }: LogBlobsOptions): LogBlobs {
  const sign = (path: string, expiry: string): Buffer =>
    createHmac("sha256", signingKey).update(`r\n${expiry}\n${path}`).digest();

  function isSigned(url: URL): boolean {
    const expiry = url.searchParams.get("se") ?? "";
    const given = Buffer.from(url.searchParams.get("sig") ?? "", "base64");
    const wanted = sign(url.pathname, expiry);
    const matches = given.length === wanted.length && timingSafeEqual(given, wanted);
    return matches && url.searchParams.get("sp") === "r" && Date.parse(expiry) > now();
  }

  function send(request: IncomingMessage, response: ServerResponse, { path, status }: LogFile) {
    // The status was read before the size: a log that is called complete has all its bytes here.
    const { size, mtime } = statSync(path);
    const complete = endOf[status];
    const headers = {
      "content-type": "text/plain; charset=utf-8",
      "accept-ranges": "bytes",
      "last-modified": mtime.toUTCString(),
      etag: `"0x${size.toString(16).toUpperCase()}"`,
      "x-ms-blob-type": "AppendBlob",
      ...(complete === undefined ? {} : { "x-ms-meta-complete": complete }),
    };
    if (request.method === "HEAD") {
      response.writeHead(200, { ...headers, "content-length": size }).end();
      return;
    }
    const { headers: asked } = request;
    const range = rangeOf((asked["x-ms-range"] as string | undefined) ?? asked.range);
    if (range && range.first >= size) {
      const message = "The range specified is invalid for the current size of the resource.";
      return refuse(request, response, { status: 416, code: "InvalidRange", message });
    }
    const first = range?.first ?? 0;
    const last = Math.min(range?.last ?? size, size - 1);
    const part = readPart(path, first, Math.max(0, last - first + 1));
    response.writeHead(range ? 206 : 200, {
      ...headers,
      "content-length": part.length,
      ...(range ? { "content-range": `bytes ${first}-${first + part.length - 1}/${size}` } : {}),
    });
    response.end(part);
  }

  return {
    url(registryName, runId) {
      const url = new URL(`https://${account}.blob.core.windows.net/`);
      url.pathname = `/logs/${registryName.toLowerCase()}/${runId}/rawtext.log`;
      const expiry = new Date(now() + lifetime).toISOString();
      const signature = sign(url.pathname, expiry).toString("base64");
      url.search = new URLSearchParams({
        sv: "2021-12-02",
        sr: "b",
        sp: "r",
        se: expiry,
        sig: signature,
      }).toString();
      return url.href;
    },
    handle(request, response) {
      const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
      const url = new URL(request.url ?? "/", `https://${host || "unknown"}`);
      if (host !== `${account}.blob.core.windows.net`) return refuse(request, response, notFound);
      if (request.method !== "GET" && request.method !== "HEAD") {
        const message = "The resource doesn't support the specified HTTP verb.";
        return refuse(request, response, { status: 405, code: "UnsupportedHttpVerb", message });
      }
      const [, registry, run] =
        /^\/logs\/([a-z0-9]+)\/([a-z0-9]+)\/rawtext\.log$/.exec(url.pathname) ?? [];
      if (registry === undefined || run === undefined) return refuse(request, response, notFound);
      if (!isSigned(url)) return refuse(request, response, unauthenticated);
      const log = find(registry, run);
      if (log) return send(request, response, log);
      const message = "The specified blob does not exist.";
      refuse(request, response, { status: 404, code: "BlobNotFound", message });
    },
  };
}
