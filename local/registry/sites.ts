/**
 * The registries that exist: one site per Microsoft.ContainerRegistry/registries resource, and Docker
 * Hub. A site says where its content lies and whose credentials it takes.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { resourceTypes, type Resource, type ResourceStore } from "../contracts/resources";
import type { Authorizer, Directory } from "../contracts/identity";
import type { RegistryLogin } from "../contracts/containerRegistry";
import type { Caller, Grants } from "./grants";
import { builtInScopeMaps, roleActions, scopeMapAllows, type Action } from "./scopes";

/** User name that goes with a refresh token as password. */
export const refreshTokenUser = "00000000-0000-0000-0000-000000000000";

export interface Site {
  /** Login server, in events and messages. */
  name: string;
  /** Folder of this site's repositories in the backend. */
  prefix: string;
  /** Values of the challenge. */
  realm: string;
  service: string;
  /** Set on a registry of Azure. */
  registry?: Resource;
  /** The caller behind a user name and password; undefined when they are wrong. */
  authenticate(login: RegistryLogin): Caller | undefined;
  /** The caller without credentials, where that is allowed. */
  anonymous?: Caller;
  /** Why pushes are refused, where they are. */
  pushRefusal?: string;
}

export interface Sites {
  /** The site of a host name, if it exists. */
  find(host: string): Site | undefined;
  /** What an Entra principal may do on a registry, by its roles. */
  principalCaller(registry: Resource, objectId: string): Caller;
}

export interface SitesOptions {
  resources: ResourceStore;
  directory: Directory;
  authorizer: Authorizer;
  grants: Grants;
  dockerHubLogin: RegistryLogin;
  now: () => number;
}

/** Hosts of Docker Hub; the last one only issues tokens. */
export const hubHosts = ["docker.io", "index.docker.io", "registry-1.docker.io", "auth.docker.io"];

const sha256 = (text: string): Buffer => createHash("sha256").update(text, "utf8").digest();

/** Compares without telling by its duration how much was right. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b));

interface StoredPassword {
  /** Hex of the SHA-256 of the password's UTF-8 bytes. */
  sha256?: string;
  /** ISO date; never expires without one. */
  expiry?: string;
}

/** Looks up sites in the stored resources, so a registry exists from its PUT to its DELETE. */
export function openSites(options: SitesOptions): Sites {
  const { resources, directory, authorizer, grants, dockerHubLogin, now } = options;

  const principalCaller: Sites["principalCaller"] = (registry, objectId) => {
    const can = (action: Action | "catalog"): boolean =>
      roleActions[action].some((role) => authorizer.can(objectId, role, registry.id));
    return {
      may: (action) => can(action),
      mayList: () => can("catalog"),
      isValid: () =>
        directory.find(objectId) !== undefined || directory.deployer.objectId === objectId,
    };
  };

  /** A token of the registry (Microsoft.ContainerRegistry/registries/tokens). */
  const tokenCaller = (registry: Resource, { username, password }: RegistryLogin) => {
    const id = `${registry.id}/tokens/${username}`;
    const find = (): Resource | undefined => {
      const token = resources.get(id);
      const status = String(token?.properties["status"] ?? "enabled").toLowerCase();
      return status === "enabled" ? token : undefined;
    };
    const passwords = (find()?.secret?.["passwords"] ?? []) as StoredPassword[];
    const given = sha256(password);
    const isKnown = passwords.some((stored) => {
      const hash = Buffer.from(stored.sha256 ?? "", "hex");
      const isCurrent = !stored.expiry || Date.parse(stored.expiry) > now();
      return isCurrent && hash.length === given.length && timingSafeEqual(hash, given);
    });
    if (!isKnown) return undefined;

    const scopeMap = (): readonly string[] => {
      const mapId = String(find()?.properties["scopeMapId"] ?? "");
      const stored = resources.get(mapId)?.properties["actions"];
      if (Array.isArray(stored)) return stored.map(String);
      return builtInScopeMaps[mapId.split("/").pop() ?? ""] ?? [];
    };
    const caller: Caller = {
      may: (action, repository) => scopeMapAllows(scopeMap(), action, repository),
      // Azure: repository-scoped permissions do not include the catalog.
      mayList: () => false,
      isValid: () => find() !== undefined,
    };
    return caller;
  };

  const azure = (registry: Resource): Site => {
    const prefix = registry.name.toLowerCase();
    const name = `${prefix}.azurecr.io`;
    return {
      name,
      prefix,
      realm: `https://${name}/oauth2/token`,
      service: name,
      registry,
      authenticate(login) {
        if (login.username === refreshTokenUser) return grants.findRefresh(name, login.password);
        const { deployer } = directory;
        if (login.username === deployer.appId) {
          const isRight = isSame(login.password, deployer.clientSecret);
          return isRight ? principalCaller(registry, deployer.objectId) : undefined;
        }
        return /^[\w-]+$/.test(login.username) ? tokenCaller(registry, login) : undefined;
      },
    };
  };

  const reader: Caller = {
    may: (action) => action === "pull",
    mayList: () => false,
    isValid: () => true,
  };
  const hub: Site = {
    name: "docker.io",
    prefix: "docker.io",
    realm: "https://auth.docker.io/token",
    service: "registry.docker.io",
    anonymous: reader,
    pushRefusal: "the simulated Docker Hub takes no pushes; push to a registry of your own",
    authenticate({ username, password }) {
      if (username === refreshTokenUser) return grants.findRefresh("docker.io", password);
      const isRight =
        isSame(username, dockerHubLogin.username) && isSame(password, dockerHubLogin.password);
      return isRight ? reader : undefined;
    },
  };

  return {
    find(host) {
      if (hubHosts.includes(host)) return hub;
      const [, name] = /^([a-z0-9]+)\.azurecr\.io$/.exec(host) ?? [];
      const registry = resources
        .list({ type: resourceTypes.registry })
        .find((one) => one.name.toLowerCase() === name);
      return registry && azure(registry);
    },
    principalCaller,
  };
}
