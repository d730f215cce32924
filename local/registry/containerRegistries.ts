/** The container registry service: `*.azurecr.io` and Docker Hub in front of one docker-registry. */
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ContainerRegistries, PushEvent, RegistryLogin } from "../contracts/containerRegistry";
import type { Authorizer, Directory } from "../contracts/identity";
import type { ResourceStore } from "../contracts/resources";
import type { Log, Service } from "../contracts/service";
import { startBackend } from "./backend";
import { createContent, MissingRight, type Visit } from "./content";
import { RegistryError, sendError } from "./errors";
import { directGrant, openGrants, type Caller, type Grant } from "./grants";
import { serveMetadata } from "./metadata";
import { matchRoute, scopeOf } from "./routes";
import { hubHosts, openSites, refreshTokenUser, type Site } from "./sites";
import { openStorage } from "./storage";
import { basicLogin, createTokenService } from "./tokenService";

/** A login that works until it is revoked. */
export type RevocableLogin = RegistryLogin & { revoke(): void };

export interface ContainerRegistriesOptions {
  /** State folder of the local Azure; content lies in its `registry` folder. */
  stateDir: string;
  resources: ResourceStore;
  directory: Directory;
  authorizer: Authorizer;
  /** The one account of the simulated Docker Hub. */
  dockerHubLogin: RegistryLogin;
  log: Log;
  /** Milliseconds since 1970; for tests. */
  now?: () => number;
}

export interface LocalContainerRegistries extends ContainerRegistries {
  /** For the front door. `stop` ends docker-registry and waits for it. */
  service: Service;
  /** A login for `docker.io` that may push: only to put upstream images there. */
  openHubLogin(): RevocableLogin;
  /** The digest a tag names now, e.g. of `docker.io`, `library/node`, `22-alpine`; undefined when there is none. */
  findDigest(loginServer: string, repository: string, tag: string): Promise<string | undefined>;
}

/**
 * Starts docker-registry and opens the registries. A registry exists as long as its resource does.
 * Not simulated: the admin user (`adminUserEnabled` has no effect), anonymous pull, locks, content
 * trust, referrers and geo-replication. Unlike in Azure, a disabled token ends its access tokens too.
 * @throws when docker-registry cannot be started.
 */
export async function openContainerRegistries(
  options: ContainerRegistriesOptions,
): Promise<LocalContainerRegistries> {
  const { stateDir, resources, directory, authorizer, dockerHubLogin, log } = options;
  const now = options.now ?? Date.now;
  const folder = join(stateDir, "registry");
  const backend = await startBackend({ folder, log });
  const storage = openStorage(folder);
  const grants = openGrants(now);
  const sites = openSites({ resources, directory, authorizer, grants, dockerHubLogin, now });
  const tokens = createTokenService({ directory, grants, sites });
  const listeners: ((event: PushEvent) => void)[] = [];
  let isGarbageLeft = false;

  const content = createContent({
    backend,
    storage,
    pushed(event) {
      log(`container registry: ${event.registry}/${event.repository}:${event.tag} ${event.digest}`);
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log(`container registry: a push could not be passed on: ${(error as Error).message}`);
        }
      }
    },
  });

  const grantOf = (site: Site, authorization: string | undefined): Grant | undefined => {
    const [, token] = /^bearer\s+(\S+)$/i.exec(authorization ?? "") ?? [];
    if (token !== undefined) return grants.findAccess(site.name, token);
    const login = basicLogin(authorization);
    const caller = login && site.authenticate(login);
    return caller && directGrant(caller);
  };

  // az splits the header at blanks, so there is none after a comma.
  const challenge = (site: Site, response: ServerResponse, extra: string): void => {
    response.setHeader("docker-distribution-api-version", "registry/2.0");
    response.setHeader(
      "www-authenticate",
      `Bearer realm="${site.realm}",service="${site.service}"${extra}`,
    );
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const host = (request.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    const site = sites.find(host);
    if (!site) {
      const name = host.replace(/\.azurecr\.io$/, "");
      throw new RegistryError(
        "noSuchRegistry",
        `there is no container registry '${name}' (${host})`,
      );
    }
    const url = new URL(request.url ?? "/", `https://${host}`);
    const path = decodePath(url.pathname);
    const route = matchRoute(path);
    if (!route) throw new RegistryError("unknownRoute", `no such route: ${request.method} ${path}`);
    if (route.kind === "token") return tokens.token(site, request, response, url);
    if (route.kind === "exchange") return tokens.exchange(site, request, response);

    const { authorization } = request.headers;
    const grant = grantOf(site, authorization);
    if (!grant) {
      // Clients find out here which right to ask for: the SDKs do not guess.
      const scope = scopeOf(route, request.method);
      const asked = scope === undefined ? "" : `,scope="${scope}"`;
      const fault = authorization === undefined ? "" : `,error="invalid_token"`;
      challenge(site, response, asked + fault);
      throw new RegistryError("unauthorized");
    }
    const visit: Visit = { site, route, grant, url, request, response };
    try {
      if (route.kind !== "metadata") return await content.serve(visit);
      if (!site.registry) throw new RegistryError("unknownRoute");
      await serveMetadata({ ...visit, route }, storage);
      if (request.method === "DELETE") isGarbageLeft = true;
    } catch (error) {
      if (!(error instanceof MissingRight)) throw error;
      challenge(site, response, `,scope="${error.scope}",error="insufficient_scope"`);
      throw new RegistryError("unauthorized", undefined, scopeDetail(error.scope));
    }
  };

  const openLogin = (siteName: string, mayPush: boolean): RevocableLogin => {
    let isOpen = true;
    const caller: Caller = {
      may: (action) => action === "pull" || (action === "push" && mayPush),
      mayList: () => false,
      isValid: () => isOpen,
    };
    const password = grants.issueRefresh(siteName, caller, Number.POSITIVE_INFINITY);
    return {
      username: refreshTokenUser,
      password,
      revoke() {
        isOpen = false;
        grants.revoke(password);
      },
    };
  };

  return {
    onPush: (listener) => void listeners.push(listener),
    openRunLogin: (loginServer) => openLogin(loginServer.toLowerCase(), true),
    openHubLogin: () => openLogin("docker.io", true),
    async findDigest(loginServer, repository, tag) {
      const site = sites.find(loginServer.toLowerCase());
      return site && storage.tagDigest(`${site.prefix}/${repository}`, tag);
    },
    async removeContent(registryName) {
      const prefix = registryName.toLowerCase();
      if (!/^[a-z0-9]+$/.test(prefix)) throw new Error(`'${registryName}' is not a registry name`);
      grants.forget(`${prefix}.azurecr.io`);
      await storage.remove(prefix);
      isGarbageLeft = true;
    },
    service: {
      name: "container registry",
      hosts: ["*.azurecr.io", ...hubHosts],
      handle(request, response) {
        answer(request, response).catch((error: unknown) => {
          request.resume();
          if (error instanceof RegistryError) return sendError(response, error);
          log(`container registry: ${request.method} failed: ${(error as Error).message}`);
          sendError(response, new RegistryError("unavailable"));
        });
      },
      stop: () => backend.stop({ collect: isGarbageLeft }),
    },
  };
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new RegistryError("invalidRequest", "the path is not valid");
  }
}

/** The refused right in Azure's form: which repository, which action. */
function scopeDetail(scope: string): { Type: string; Name: string; Action: string }[] {
  const [type = "", name = "", actions = ""] = scope.split(":");
  return actions.split(",").map((action) => ({ Type: type, Name: name, Action: action }));
}
