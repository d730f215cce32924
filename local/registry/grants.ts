/** Callers and the tokens they hold. Tokens are random, live in memory and end with the local Azure. */
import { randomBytes } from "node:crypto";
import { actions, type Action, type RequestedScope } from "./scopes";

/** As long as Azure's, in milliseconds. */
const accessTokenLife = 75 * 60_000;
const refreshTokenLife = 3 * 60 * 60_000;

/** Someone whose credentials were checked, and what they may do on one registry now. */
export interface Caller {
  may(action: Action, repository: string): boolean;
  mayList(): boolean;
  /** False once the credential was disabled, removed or revoked: tokens issued for it end too. */
  isValid(): boolean;
}

/** What one request may do. */
export interface Grant {
  allows(action: Action, repository: string): boolean;
  allowsCatalog(): boolean;
}

export interface Grants {
  /** Issues an access token for what was asked and is allowed; the rest is silently left out. */
  issueAccess(site: string, caller: Caller, scopes: readonly RequestedScope[]): IssuedToken;
  findAccess(site: string, token: string): Grant | undefined;
  /** Issues a refresh token; without `life` (milliseconds) it is as long as Azure's. */
  issueRefresh(site: string, caller: Caller, life?: number): string;
  findRefresh(site: string, token: string): Caller | undefined;
  /** Ends a refresh token and, as its caller turns invalid, the access tokens made from it. */
  revoke(token: string): void;
  /** Ends all tokens of a registry. */
  forget(site: string): void;
}

export interface IssuedToken {
  token: string;
  /** Seconds. */
  expiresIn: number;
}

interface Held {
  site: string;
  caller: Caller;
  expires: number;
  grant?: Grant;
}

/**
 * A token in the form of a JSON web token, whose end clients read. Its last part is random instead of a signature: a
 * token is good because we know it.
 */
function jwtShaped({ site, expires }: Held, now: number): string {
  const part = (content: object): string =>
    Buffer.from(JSON.stringify(content)).toString("base64url");
  const seconds = (time: number): number => Math.floor(time / 1000);
  const end = Number.isFinite(expires) ? { exp: seconds(expires) } : {};
  const claims = { iss: "Azure Container Registry", aud: site, iat: seconds(now), ...end };
  const secret = randomBytes(32).toString("base64url");
  return `${part({ typ: "JWT", alg: "HS256" })}.${part(claims)}.${secret}`;
}

/** Opens an empty set of tokens. `now` is in milliseconds. */
export function openGrants(now: () => number = Date.now): Grants {
  const access = new Map<string, Held>();
  const refresh = new Map<string, Held>();

  const add = (tokens: Map<string, Held>, held: Held): string => {
    for (const [token, old] of tokens) if (old.expires <= now()) tokens.delete(token);
    const token = jwtShaped(held, now());
    tokens.set(token, held);
    return token;
  };
  const find = (tokens: Map<string, Held>, site: string, token: string): Held | undefined => {
    const held = tokens.get(token);
    const isGood = held?.site === site && held.expires > now() && held.caller.isValid();
    return isGood ? held : undefined;
  };

  return {
    issueAccess(site, caller, scopes) {
      const allowed = new Set<string>();
      for (const { type, name, actions: asked } of scopes) {
        if (type === "registry") {
          if (name === "catalog" && asked.includes("*") && caller.mayList()) allowed.add("catalog");
          continue;
        }
        const wanted = asked.includes("*") ? actions : actions.filter((one) => asked.includes(one));
        for (const action of wanted) if (caller.may(action, name)) allowed.add(`${action}:${name}`);
      }
      const grant: Grant = {
        allows: (action, repository) => allowed.has(`${action}:${repository}`),
        allowsCatalog: () => allowed.has("catalog"),
      };
      const token = add(access, { site, caller, grant, expires: now() + accessTokenLife });
      return { token, expiresIn: accessTokenLife / 1000 };
    },
    findAccess: (site, token) => find(access, site, token)?.grant,
    issueRefresh: (site, caller, life = refreshTokenLife) =>
      add(refresh, { site, caller, expires: now() + life }),
    findRefresh: (site, token) => find(refresh, site, token)?.caller,
    revoke: (token) => void refresh.delete(token),
    forget(site) {
      for (const tokens of [access, refresh]) {
        for (const [token, held] of tokens) if (held.site === site) tokens.delete(token);
      }
    },
  };
}

/** What a caller may do without a token in between (Basic credentials on the request itself). */
export function directGrant(caller: Caller): Grant {
  return { allows: caller.may, allowsCatalog: caller.mayList };
}
