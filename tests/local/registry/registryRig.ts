/** Registries on plain HTTP with stand-ins for the directory and its roles; shared by this folder's tests. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PushEvent } from "../../../local/contracts/containerRegistry";
import { Unauthenticated, type Directory, type Principal } from "../../../local/contracts/identity";
import { resourceTypes, type ResourceStore } from "../../../local/contracts/resources";
import { openResourceStore } from "../../../local/kernel/resourceStore";
import {
  openContainerRegistries,
  type LocalContainerRegistries,
} from "../../../local/registry/containerRegistries";

export const hubLogin = { username: "dockeruser", password: "hub-password" };
const group =
  "/subscriptions/1b2c/resourceGroups/rg/providers/Microsoft.ContainerRegistry/registries";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  json(): Record<string, unknown>;
}

export interface Call {
  host?: string;
  method?: string;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface Rig {
  stateDir: string;
  registries: LocalContainerRegistries;
  resources: ResourceStore;
  pushes: PushEvent[];
  log: string[];
  /** Rights of Entra principals, as `OBJECT action`. */
  roles: Set<string>;
  /** Moves the clock of tokens and passwords, in milliseconds. */
  clock: { offset: number };
  call(call: Call): Promise<Answer>;
  addRegistry(name: string): string;
  /** Adds a token with one password; `scopeMap` is a list of actions or a built-in scope map's name. */
  addToken(options: {
    registry: string;
    name: string;
    password: string;
    scopeMap: string[] | string;
    expiry?: string;
    status?: string;
  }): void;
  /** An access token for a scope, got with Basic credentials. */
  access(options: {
    username: string;
    password: string;
    scope?: string;
    host?: string;
  }): Promise<string>;
  close(): Promise<void>;
}

export const sha256 = (content: string | Buffer): string =>
  createHash("sha256").update(content).digest("hex");

const principal = (objectId: string): Principal => ({
  objectId,
  appId: `${objectId}-app`,
  displayName: objectId,
  kind: "ManagedIdentity",
});

/** A directory in which `entra-X` is the access token of the principal `X`. */
const directory: Directory = {
  tenantId: "t",
  subscriptionId: "1b2c",
  deployer: { ...principal("deployer"), clientSecret: "deployer-secret" },
  async authenticate(authorization, audience) {
    const [, objectId, forManagement] =
      /^Bearer entra-(\w+)(-arm)?$/.exec(authorization ?? "") ?? [];
    const isRight = (audience === "https://management.azure.com") === (forManagement !== undefined);
    if (objectId === undefined || !isRight) throw new Unauthenticated("the token is not valid");
    return principal(objectId);
  },
  issueToken: async () => "",
  find: (objectId) => (objectId === "removed" ? undefined : principal(objectId)),
  createManagedIdentity: principal,
  remove: () => undefined,
  openManagedIdentityEndpoint: () => ({ url: "", close: () => undefined }),
};

export async function openRig(): Promise<Rig> {
  const stateDir = mkdtempSync(join(tmpdir(), "gi-"));
  const resources = openResourceStore(join(stateDir, "resources.json"));
  const roles = new Set<string>();
  const clock = { offset: 0 };
  const log: string[] = [];
  const pushes: PushEvent[] = [];
  const registries = await openContainerRegistries({
    stateDir,
    resources,
    directory,
    authorizer: {
      can: (objectId, action) => roles.has(`${objectId} ${action.split("/").slice(2).join("/")}`),
    },
    dockerHubLogin: hubLogin,
    log: (line) => log.push(line),
    now: () => Date.now() + clock.offset,
  });
  registries.onPush((event) => pushes.push(event));
  const server = createServer((incoming, response) =>
    registries.service.handle(incoming, response),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const call: Rig["call"] = ({
    host = "contoso.azurecr.io",
    method = "GET",
    path,
    headers,
    body,
  }) =>
    new Promise((resolve, reject) => {
      const outgoing = request({
        host: "127.0.0.1",
        port,
        method,
        path,
        headers: { ...headers, host },
      });
      outgoing.on("error", reject);
      outgoing.on("response", (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("error", reject);
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: text,
            json: () => JSON.parse(text) as Record<string, unknown>,
          });
        });
      });
      outgoing.end(body);
    });

  return {
    stateDir,
    registries,
    resources,
    pushes,
    log,
    roles,
    clock,
    call,
    addRegistry(name) {
      const id = `${group}/${name}`;
      const properties = { loginServer: `${name.toLowerCase()}.azurecr.io` };
      resources.put({ id, name, type: resourceTypes.registry, properties });
      return id;
    },
    addToken({ registry, name, password, scopeMap, expiry, status = "enabled" }) {
      const id = `${group}/${registry}`;
      let scopeMapId = `${id}/scopeMaps/${name}-scope-map`;
      if (typeof scopeMap === "string") scopeMapId = `${id}/scopeMaps/${scopeMap}`;
      else {
        const map = { id: scopeMapId, name: `${name}-scope-map`, type: resourceTypes.scopeMap };
        resources.put({ ...map, properties: { actions: scopeMap } });
      }
      resources.put({
        id: `${id}/tokens/${name}`,
        name,
        type: resourceTypes.token,
        properties: { status, scopeMapId },
        secret: { passwords: [{ name: "password1", sha256: sha256(password), expiry }] },
      });
    },
    async access({ username, password, scope = "", host = "contoso.azurecr.io" }) {
      const query = new URLSearchParams({ account: username, service: host, scope });
      const answer = await call({
        host: host === "docker.io" ? "auth.docker.io" : host,
        path: `${host === "docker.io" ? "" : "/oauth2"}/token?${query}`,
        headers: {
          authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
        },
      });
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
      return String(answer.json()["access_token"]);
    },
    async close() {
      await registries.service.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Pushes a tiny image made of `content` and resolves with its digest. */
export async function pushImage(
  rig: Rig,
  options: { token: string; repository: string; tag: string; content: string; host?: string },
): Promise<string> {
  const { token, repository, tag, content, host } = options;
  const headers = { authorization: `Bearer ${token}` };
  const upload = async (blob: string): Promise<void> => {
    const start = { host, method: "POST", path: `/v2/${repository}/blobs/uploads/`, headers };
    const { headers: answer, status, body } = await rig.call(start);
    if (status !== 202) throw new Error(`${status} ${body}`);
    const path = `${answer["location"]}&digest=sha256:${sha256(blob)}`;
    const end = await rig.call({ host, method: "PUT", path, headers, body: blob });
    if (end.status !== 201) throw new Error(`${end.status} ${end.body}`);
  };
  const config = JSON.stringify({ architecture: "amd64", os: "linux", note: content });
  await upload(config);
  await upload(content);
  const part = (text: string, mediaType: string): object => ({
    mediaType,
    size: Buffer.byteLength(text),
    digest: `sha256:${sha256(text)}`,
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: part(config, "application/vnd.oci.image.config.v1+json"),
    layers: [part(content, "application/vnd.oci.image.layer.v1.tar")],
  });
  const answer = await rig.call({
    host,
    method: "PUT",
    path: `/v2/${repository}/manifests/${tag}`,
    headers: { ...headers, "content-type": "application/vnd.oci.image.manifest.v1+json" },
    body: manifest,
  });
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.body}`);
  return `sha256:${sha256(manifest)}`;
}
