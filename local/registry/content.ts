/** The distribution protocol (`/v2/`): images of one site, stored in the backend. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PushEvent } from "../contracts/containerRegistry";
import type { Backend } from "./backend";
import { RegistryError, sendJson } from "./errors";
import { forward, readBody } from "./forwarding";
import type { Grant } from "./grants";
import { paged } from "./paging";
import type { Route } from "./routes";
import type { Action } from "./scopes";
import type { Site } from "./sites";
import type { Storage } from "./storage";

/** Azure's limit for a manifest, in bytes. */
const manifestLimit = 4 * 1024 * 1024;

/** One request after its path and its caller are known. */
export interface Visit {
  site: Site;
  route: Route;
  grant: Grant;
  url: URL;
  request: IncomingMessage;
  response: ServerResponse;
}

/** Thrown when the grant lacks a right: the front answers with a challenge that names the scope. */
export class MissingRight extends Error {
  override name = "MissingRight";

  /** @param scope in the words of a token request, e.g. `repository:node:pull`. */
  constructor(readonly scope: string) {
    super(`missing ${scope}`);
  }
}

/** @throws {MissingRight} unless one of the actions is granted. */
export function need(grant: Grant, repository: string, ...oneOf: Action[]): void {
  if (oneOf.some((action) => grant.allows(action, repository))) return;
  const asked = oneOf[0] === "push" ? "pull,push" : oneOf[0];
  throw new MissingRight(`repository:${repository}:${asked}`);
}

export interface ContentOptions {
  backend: Backend;
  storage: Storage;
  pushed(event: PushEvent): void;
}

export interface Content {
  /** Answers a `/v2/` request. @throws {RegistryError | MissingRight} */
  serve(visit: Visit): Promise<void>;
}

export function createContent({ backend, storage, pushed }: ContentOptions): Content {
  /** Pushes of one tag follow each other, so that each change is told once, with its true predecessor. */
  const turns = new Map<string, Promise<void>>();
  const inTurn = async (key: string, work: () => Promise<void>): Promise<void> => {
    const turn = (turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(work);
    turns.set(key, turn);
    try {
      await turn;
    } finally {
      if (turns.get(key) === turn) turns.delete(key);
    }
  };

  const pass = ({ site, url, request, response }: Visit, body?: Buffer): Promise<IncomingMessage> =>
    forward({
      request,
      response,
      backend,
      prefix: site.prefix,
      path: `${decodeURIComponent(url.pathname).replace("/v2/", `/v2/${site.prefix}/`)}${url.search}`,
      body,
    });

  const requirePush = (visit: Visit, repository: string): void => {
    const { site, grant } = visit;
    if (site.pushRefusal && !grant.allows("push", repository)) {
      throw new RegistryError("denied", `${site.name}/${repository}: ${site.pushRefusal}`);
    }
    need(grant, repository, "push");
  };

  const putManifest = async (visit: Visit, repository: string, reference: string) => {
    const { site, request } = visit;
    const body = await readBody(request, manifestLimit);
    if (reference.includes(":")) return void (await pass(visit, body));
    const stored = `${site.prefix}/${repository}`;
    await inTurn(`${stored}:${reference}`, async () => {
      const previousDigest = await storage.tagDigest(stored, reference);
      const answer = await pass(visit, body);
      const digest = answer.headers["docker-content-digest"];
      if (answer.statusCode !== 201 || typeof digest !== "string") return;
      if (digest === previousDigest) return;
      pushed({ registry: site.name, repository, tag: reference, digest, previousDigest });
    });
  };

  const startUpload = async (visit: Visit, repository: string): Promise<void> => {
    const { site, grant, url } = visit;
    const from = url.searchParams.get("from");
    if (from !== null && grant.allows("pull", from)) {
      url.searchParams.set("from", `${site.prefix}/${from}`);
    } else {
      // Without the right to read the source the client uploads the layer itself.
      url.searchParams.delete("mount");
      url.searchParams.delete("from");
    }
    need(grant, repository, "push");
    await pass(visit);
  };

  return {
    async serve(visit) {
      const { site, route, grant, url, request, response } = visit;
      const isRead = request.method === "GET" || request.method === "HEAD";
      switch (route.kind) {
        case "base":
          if (!isRead) throw new RegistryError("unsupported");
          response.setHeader("docker-distribution-api-version", "registry/2.0");
          return sendJson(response, 200, {});
        case "catalog": {
          if (!isRead) throw new RegistryError("unsupported");
          if (!grant.allowsCatalog()) throw new MissingRight("registry:catalog:*");
          const names = await storage.repositories(site.prefix);
          const repositories = paged({ items: names, name: (name) => name, url, response });
          return sendJson(response, 200, { repositories });
        }
        case "repositoryTags": {
          if (!isRead) throw new RegistryError("unsupported");
          need(grant, route.repository, "pull", "metadata_read");
          const tags = await storage.tags(`${site.prefix}/${route.repository}`);
          if (tags.length === 0) {
            throw new RegistryError("noSuchRepository", undefined, { name: route.repository });
          }
          const page = paged({ items: tags, name: (tag) => tag.name, url, response });
          return sendJson(response, 200, {
            name: route.repository,
            tags: page.map((tag) => tag.name),
          });
        }
        case "manifest":
          if (isRead) {
            need(grant, route.repository, "pull");
          } else if (request.method === "PUT") {
            requirePush(visit, route.repository);
            return putManifest(visit, route.repository, route.reference);
          } else if (request.method === "DELETE") {
            need(grant, route.repository, "delete");
            if (!route.reference.includes(":")) {
              throw new RegistryError("unsupported", "a manifest is deleted by its digest");
            }
          } else {
            throw new RegistryError("unsupported");
          }
          return void (await pass(visit));
        case "blob":
          if (!isRead) throw new RegistryError("unsupported", "blobs are removed with manifests");
          need(grant, route.repository, "pull");
          return void (await pass(visit));
        case "upload":
          requirePush(visit, route.repository);
          if (request.method === "POST") return startUpload(visit, route.repository);
          return void (await pass(visit));
        default:
          throw new RegistryError("unknownRoute");
      }
    },
  };
}
