/** The wire between a run and Azure: a CONNECT proxy that leads named hosts to handlers, under a certificate of its own. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";

export interface Wire {
  /** Proxy and CA variables. */
  environment: Record<string, string>;
  close(): void;
}

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

export async function openWire(
  folder: string,
  hosts: Record<string, RequestListener>,
): Promise<Wire> {
  const [key, cert] = [join(folder, "wire-key.pem"), join(folder, "wire.pem")];
  const names = Object.keys(hosts)
    .map((host) => `DNS:${host}`)
    .join(",");
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-keyout", key, "-out", cert, "-days", "1", "-subj", "/CN=wire"],
      ...["-addext", `subjectAltName=${names}`],
    ],
    { stdio: "ignore" },
  );
  const secure = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => hosts[request.headers.host ?? ""]?.(request, response),
  );
  const proxy = createHttpServer();
  const [securePort, proxyPort] = [await listen(secure), await listen(proxy)];
  const sockets = new Set<Socket>();
  proxy.on("connect", (request, socket: Socket) => {
    const [host = ""] = (request.url ?? "").split(":");
    if (!hosts[host]) return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const upstream = connect(securePort, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
    });
    for (const each of [socket, upstream]) {
      sockets.add(each);
      each.on("error", () => each.destroy());
      each.once("close", () => {
        sockets.delete(each);
        socket.destroy();
        upstream.destroy();
      });
    }
  });
  const address = `http://127.0.0.1:${proxyPort}`;
  return {
    environment: {
      HTTPS_PROXY: address,
      https_proxy: address,
      SSL_CERT_FILE: cert,
      GIT_SSL_CAINFO: cert,
    },
    close() {
      for (const each of sockets) each.destroy();
      secure.close();
      proxy.close();
    },
  };
}
