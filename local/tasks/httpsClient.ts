/** One HTTPS request through the client environment's proxy: the way every client reaches the local Azure. */
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";

export interface HttpsOptions {
  /** Proxy and CA variables: HTTPS_PROXY, SSL_CERT_FILE. */
  environment: Record<string, string>;
  method?: "GET" | "POST" | "PUT";
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface HttpsAnswer {
  status: number;
  text: string;
}

/** A tunnel to `host` through the proxy. */
function openTunnel(proxy: string, host: string, signal?: AbortSignal): Promise<Socket> {
  const { hostname, port } = new URL(proxy);
  return new Promise((resolve, reject) => {
    const connect = httpRequest({
      host: hostname,
      port,
      method: "CONNECT",
      path: host,
      headers: { host },
      agent: false,
      signal,
    });
    connect.once("connect", (answer, socket) => {
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy does not lead to ${host} (status ${answer.statusCode})`));
    });
    connect.once("error", reject);
    connect.end();
  });
}

/** Sends the request and reads the whole answer. @throws Error when there is no answer. */
export async function sendHttps(address: string, options: HttpsOptions): Promise<HttpsAnswer> {
  const { environment, method = "GET", headers, body, signal } = options;
  const url = new URL(address);
  const caFile = environment.SSL_CERT_FILE;
  const ca = caFile ? readFileSync(caFile) : undefined;
  const proxy = environment.HTTPS_PROXY;
  const tunnel = proxy
    ? await openTunnel(proxy, `${url.hostname}:${url.port || 443}`, signal)
    : undefined;
  try {
    return await new Promise((resolve, reject) => {
      const request = httpsRequest(
        url,
        {
          method,
          headers,
          ca,
          signal,
          // Node.js looks at createConnection only when there is no agent at all, and then knows no port either.
          ...(tunnel
            ? {
                defaultPort: 443,
                createConnection: () =>
                  tlsConnect({ socket: tunnel, servername: url.hostname, ca }),
              }
            : { agent: false }),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.once("error", reject);
          answer.once("end", () =>
            resolve({
              status: answer.statusCode ?? 0,
              text: Buffer.concat(chunks).toString("utf8"),
            }),
          );
        },
      );
      request.once("error", reject);
      request.end(body);
    });
  } finally {
    tunnel?.destroy();
  }
}
