/** The real azure-cli, led to one resource manager by a CONNECT proxy with a certificate of its own. Proves nothing itself. */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type AddressInfo, type Socket } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** Where an azure-cli is: on PATH, or where the set-up of the local Azure keeps it. */
export function findAzureCli(): string | undefined {
  const cached = join(homedir(), ".cache/gated-imports/azure-cli-2.91.0/bin");
  return [...(process.env.PATH ?? "").split(delimiter), cached]
    .map((folder) => join(folder, "az"))
    .find((file) => existsSync(file));
}

export interface AzureClient {
  /** Runs az; resolves with its output (parsed, where it is JSON), rejects with what it said. */
  az(...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** `hosts` says who answers; every other host is answered 404. */
export async function openAzureClient(
  azureCli: string,
  hosts: Readonly<Record<string, Handler>>,
): Promise<AzureClient> {
  const folder = mkdtempSync(join(tmpdir(), "arm-az-"));
  const names = Object.keys(hosts);
  const { key, cert, caFile } = makeCertificates(folder, names);
  const sockets = new Set<Socket>();
  const tls = createTlsServer({ key, cert }, (request, response) => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const handler = hosts[host];
    if (handler) return handler(request, response);
    response.writeHead(404).end();
  });
  const proxy = createServer();
  proxy.on("connect", (_request, client: Socket) => {
    const server = connect((tls.address() as AddressInfo).port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(server).pipe(client);
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
  });
  for (const server of [tls, proxy]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  }
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    AZURE_CONFIG_DIR: join(folder, "azure"),
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    REQUESTS_CA_BUNDLE: caFile,
    AZURE_CORE_COLLECT_TELEMETRY: "false",
    AZURE_CORE_SURVEY_MESSAGE: "false",
    AZURE_CORE_ONLY_SHOW_ERRORS: "true",
  };
  return {
    az: (...args) =>
      new Promise((resolve, reject) => {
        execFile(
          azureCli,
          [...args, "--output", "json"],
          { env: environment },
          (error, output, said) => {
            if (error) reject(new Error(`az ${args.slice(0, 3).join(" ")}: ${said}`));
            else resolve(parsed(output));
          },
        );
      }),
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(
        [tls, proxy].map((server) => new Promise((resolve) => server.close(resolve))),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** JSON, or the text itself from the few commands that print nothing else (logs). */
function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

function makeCertificates(
  folder: string,
  names: string[],
): { key: Buffer; cert: Buffer; caFile: string } {
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { stdio: "pipe" });
  };
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = ["req", "-x509", ...curve, "-days", "1", "-subj", "/CN=test authority"];
  openssl(...authority, "-keyout", file("ca-key.pem"), "-out", file("ca.pem"));
  openssl(
    ...["req", "-new", ...curve, "-subj", "/CN=test server"],
    ...["-keyout", file("key.pem"), "-out", file("request.pem")],
  );
  const alternatives = names.map((name) => `DNS:${name}`).join(",");
  writeFileSync(
    file("extensions"),
    `subjectAltName=${alternatives}\nextendedKeyUsage=serverAuth\n`,
  );
  openssl(
    ...["x509", "-req", "-in", file("request.pem"), "-days", "1", "-CAcreateserial"],
    ...["-CA", file("ca.pem"), "-CAkey", file("ca-key.pem")],
    ...["-extfile", file("extensions"), "-out", file("cert.pem")],
  );
  return {
    key: readFileSync(file("key.pem")),
    cert: readFileSync(file("cert.pem")),
    caFile: file("ca.pem"),
  };
}
