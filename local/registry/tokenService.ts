/** The token endpoints: `/oauth2/token` and `/oauth2/exchange` of a registry, `/token` of Docker Hub. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Unauthenticated, type Directory, type Principal } from "../contracts/identity";
import type { RegistryLogin } from "../contracts/containerRegistry";
import { RegistryError, sendJson } from "./errors";
import { readBody } from "./forwarding";
import type { Caller, Grants } from "./grants";
import { parseScopes } from "./scopes";
import type { Site, Sites } from "./sites";

const formLimit = 64 * 1024;

export interface TokenService {
  /** Issues access tokens: GET with Basic credentials, POST with a refresh token or a password. */
  token(site: Site, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void>;
  /** Makes an Entra access token into a refresh token of the registry. */
  exchange(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** User name and password of a Basic header; undefined when there is none that can be read. */
export function basicLogin(authorization: string | undefined): RegistryLogin | undefined {
  const [, encoded] = /^basic\s+(\S+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export function createTokenService(options: {
  directory: Directory;
  grants: Grants;
  sites: Sites;
}): TokenService {
  const { directory, grants, sites } = options;

  const principalOf = async (accessToken: string): Promise<Principal> => {
    const header = `Bearer ${accessToken}`;
    try {
      return await directory.authenticate(header, "https://containerregistry.azure.net");
    } catch (error) {
      // Older clients bring a token for the resource manager, and Azure takes it.
      if (!(error instanceof Unauthenticated)) throw error;
      return directory.authenticate(header, "https://management.azure.com");
    }
  };

  const form = async (request: IncomingMessage): Promise<URLSearchParams> =>
    new URLSearchParams(String(await readBody(request, formLimit)));

  const answer = (options: {
    site: Site;
    caller: Caller | undefined;
    scopes: string[];
    response: ServerResponse;
    withRefresh?: boolean;
  }): void => {
    const { site, caller, scopes, response, withRefresh = false } = options;
    if (!caller) throw new RegistryError("unauthorized", "incorrect username or password");
    const { token, expiresIn } = grants.issueAccess(site.name, caller, parseScopes(scopes));
    sendJson(response, 200, {
      access_token: token,
      token,
      expires_in: expiresIn,
      ...(withRefresh ? { refresh_token: grants.issueRefresh(site.name, caller) } : {}),
    });
  };

  return {
    async token(site, request, response, url) {
      if (request.method === "GET") {
        const { authorization } = request.headers;
        const login = basicLogin(authorization);
        const caller = login
          ? site.authenticate(login)
          : authorization
            ? undefined
            : site.anonymous;
        if (!caller && authorization === undefined) throw new RegistryError("unauthorized");
        const withRefresh = url.searchParams.get("offline_token") === "true";
        return answer({
          site,
          caller,
          scopes: url.searchParams.getAll("scope"),
          response,
          withRefresh,
        });
      }
      if (request.method !== "POST") throw new RegistryError("unsupported");
      const fields = await form(request);
      const value = (name: string): string => fields.get(name) ?? "";
      const scopes = fields.getAll("scope");
      switch (value("grant_type")) {
        case "refresh_token":
          return answer({
            site,
            caller: grants.findRefresh(site.name, value("refresh_token")),
            scopes,
            response,
          });
        case "password":
          return answer({
            site,
            caller: site.authenticate({ username: value("username"), password: value("password") }),
            scopes,
            response,
            withRefresh: value("access_type") === "offline",
          });
        default:
          throw new RegistryError("invalidRequest", "grant_type must be refresh_token or password");
      }
    },

    async exchange(site, request, response) {
      if (!site.registry) throw new RegistryError("unknownRoute");
      if (request.method !== "POST") throw new RegistryError("unsupported");
      const fields = await form(request);
      if (fields.get("grant_type") !== "access_token") {
        throw new RegistryError("invalidRequest", "grant_type must be access_token");
      }
      let principal: Principal;
      try {
        principal = await principalOf(fields.get("access_token") ?? "");
      } catch (error) {
        if (error instanceof Unauthenticated)
          throw new RegistryError("unauthorized", error.message);
        throw error;
      }
      const caller = sites.principalCaller(site.registry, principal.objectId);
      sendJson(response, 200, { refresh_token: grants.issueRefresh(site.name, caller) });
    },
  };
}
