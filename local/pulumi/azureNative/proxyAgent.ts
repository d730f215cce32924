/**
 * An HTTPS agent that goes through a CONNECT proxy and trusts one CA. The usual agents take these from the process's
 * environment when it starts, which is too early for a process that brings its own proxy.
 */
import { request } from "node:http";
import { Agent } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";

type Done = (error: Error | null, stream?: Duplex) => void;

class ProxyAgent extends Agent {
  constructor(
    private readonly proxy: URL,
    private readonly ca: Buffer | undefined,
  ) {
    super({ keepAlive: true });
  }

  override createConnection(options: ConnectionOptions, done: Done): undefined {
    const target = `${options.host}:${options.port ?? 443}`;
    const tunnel = request({
      method: "CONNECT",
      host: this.proxy.hostname,
      port: this.proxy.port,
      path: target,
      agent: false,
      headers: { host: target },
    });
    tunnel.once("connect", ({ statusCode, statusMessage }, socket: Socket) => {
      if (statusCode === 200) {
        const servername = options.servername || options.host || "";
        done(null, connect({ socket, servername, ...(this.ca ? { ca: this.ca } : {}) }));
      } else {
        socket.destroy();
        done(new Error(`the proxy refused ${target}: ${statusCode} ${statusMessage}`));
      }
    });
    tunnel.once("error", (error) =>
      done(new Error(`cannot reach the proxy ${this.proxy.host}: ${error.message}`)),
    );
    tunnel.end();
    return undefined;
  }
}

/** `ca` is PEM text; without it the system's roots are trusted. */
export function openProxyAgent(proxy: string, ca: Buffer | undefined): Agent {
  return new ProxyAgent(new URL(proxy), ca);
}
