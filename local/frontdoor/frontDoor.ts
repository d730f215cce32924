/**
 * The front door: a CONNECT proxy on 127.0.0.1 behind which Azure's host names lead to our services. Ours and not
 * a library's, because what it does is a few lines of node:http and node:tls, and large layers must flow unbuffered.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Log, Service } from "../contracts/service";
import { openCertificates } from "./certificates";

export interface FrontDoorOptions {
  stateDir: string;
  services: readonly Service[];
  log: Log;
  /** Taken when it is free, so that variables printed before a restart stay good. */
  preferredPort?: number;
}

export interface FrontDoor {
  port: number;
  caFile: string;
  /** Ends listening and all open tunnels at once. */
  close(): Promise<void>;
}

/** The service for a host name: exact names first, then `*.suffix` with one label in front. */
export function serviceFor(services: readonly Service[], host: string): Service | undefined {
  const name = host.toLowerCase();
  const wildcard = `*.${name.slice(name.indexOf(".") + 1)}`;
  return (
    services.find(({ hosts }) => hosts.includes(name)) ??
    services.find(({ hosts }) => hosts.includes(wildcard))
  );
}

function unknownHost(services: readonly Service[], host: string): string {
  const known = services.flatMap(({ hosts }) => hosts).join(", ");
  return `The local Azure does not serve ${host}. It serves: ${known}. Unset HTTPS_PROXY to reach other hosts.\n`;
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void =>
      error.code === "EADDRINUSE" ? resolve(false) : reject(error);
    server.once("error", refused);
    server.listen({ host: "127.0.0.1", port }, () => {
      server.off("error", refused);
      resolve(true);
    });
  });
}

/** Opens the front door. */
export async function openFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  const { stateDir, services, log, preferredPort = 0 } = options;
  const certificates = await openCertificates(stateDir);
  const sockets = new Set<Socket>();
  const hostOfSocket = new WeakMap<object, string>();

  const refuse = (response: ServerResponse, status: number, text: string): void => {
    response.writeHead(status, { "content-type": "text/plain", connection: "close" });
    response.end(text);
  };

  /** HTTP inside the tunnels. */
  const inner = createServer((request: IncomingMessage, response: ServerResponse) => {
    const tunnelled = hostOfSocket.get(request.socket) ?? "";
    const asked = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const service = serviceFor(services, tunnelled);
    if (!service || asked !== tunnelled) {
      return refuse(response, 421, `This tunnel leads to ${tunnelled}, not to ${asked}.\n`);
    }
    try {
      service.handle(request, response);
    } catch (error) {
      log(`${service.name}: ${request.method} ${tunnelled}: ${(error as Error).message}`);
      if (response.headersSent) response.destroy();
      else refuse(response, 500, `The local Azure's ${service.name} failed; see its log.\n`);
    }
  });
  // Layers of hundreds of megabytes and logs that are followed have no fixed time.
  inner.requestTimeout = 0;
  inner.keepAliveTimeout = 60_000;

  const outer = createServer((request, response) =>
    refuse(
      response,
      400,
      `This is a proxy for HTTPS (CONNECT); ${request.url} is neither. Use https:// and HTTPS_PROXY.\n`,
    ),
  );

  async function tunnel(host: string, socket: Socket, head: Buffer): Promise<void> {
    const secureContext = await certificates.contextFor(host);
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: ["http/1.1"],
    });
    secure.on("error", (error: NodeJS.ErrnoException) => {
      // Most often a client that was not told of the certificate authority.
      if (error.code?.startsWith("ERR_SSL")) log(`TLS with a client of ${host}: ${error.message}`);
      socket.destroy();
    });
    hostOfSocket.set(secure, host);
    inner.emit("connection", secure);
  }

  outer.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  outer.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const [, host = "", port] = /^(.*):(\d+)$/.exec(request.url ?? "") ?? [];
    const name = host.toLowerCase();
    if (port !== "443" || !serviceFor(services, name)) {
      const text = unknownHost(services, request.url ?? "");
      log(`refused a connection to ${request.url}`);
      const reason = `Unknown host ${name.replace(/[^\w.-]/g, "")}`;
      return socket.end(
        `HTTP/1.1 502 ${reason}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      );
    }
    tunnel(name, socket, head).catch((error: Error) => {
      log(`no tunnel to ${name}: ${error.message}`);
      socket.destroy();
    });
  });

  if (!(await listen(outer, preferredPort))) await listen(outer, 0);
  return {
    port: (outer.address() as AddressInfo).port,
    caFile: certificates.caFile,
    close: () =>
      new Promise((resolve) => {
        outer.close(() => resolve());
        inner.close();
        for (const socket of sockets) socket.destroy();
      }),
  };
}
