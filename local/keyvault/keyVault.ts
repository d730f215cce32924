/** NAME.vault.azure.net: the data plane for secrets. */
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { type Authorizer, type Directory, Unauthenticated } from "../contracts/identity";
import { type Resource, type ResourceStore, resourceTypes } from "../contracts/resources";
import type { Log, Service } from "../contracts/service";
import { checkAccess, type SecretPermission } from "./access";
import {
  deleteSecret,
  type DeletedSecret,
  findDeletedSecret,
  listDeletedSecrets,
  purgeSecret,
  recoverSecret,
  recoveryLevel,
  retentionDays,
} from "./deletedSecrets";
import { VaultError } from "./errors";
import { refusalOf } from "./secretRules";
import {
  type SecretAttributes,
  type SecretVersion,
  vaultUri,
  versionsOf,
  writeSecret,
} from "./secrets";

export interface KeyVaultOptions {
  resources: ResourceStore;
  directory: Directory;
  authorizer: Authorizer;
  log: Log;
}

const suffix = ".vault.azure.net";

interface SecretRoute {
  Params: { name: string; version?: string };
  Querystring: { "api-version"?: string };
}

interface NewValueRoute extends SecretRoute {
  Body: {
    value?: unknown;
    contentType?: string;
    tags?: Record<string, string>;
    attributes?: Partial<SecretAttributes>;
  };
}

/** What the data plane shows of one version. */
function bundle(vault: Resource, name: string, version: SecretVersion): Record<string, unknown> {
  const { value, contentType, attributes, tags } = version;
  return {
    value,
    id: `${vaultUri(vault)}secrets/${name}/${version.version}`,
    ...(contentType === undefined ? {} : { contentType }),
    attributes: {
      ...attributes,
      recoveryLevel: recoveryLevel(vault),
      recoverableDays: retentionDays(vault),
    },
    ...(tags === undefined ? {} : { tags }),
  };
}

/** Bad JSON and the like carry a status below 500; anything else is a defect of ours. */
function faultOf(error: unknown): VaultError {
  if (error instanceof VaultError) return error;
  const { message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof Unauthenticated) return new VaultError("unauthorized", message);
  const { statusCode = 500 } = error as { statusCode?: number };
  return new VaultError(statusCode < 500 ? "badParameter" : "internalError", message);
}

/** What the data plane shows of a deleted secret: never its value. */
function deletedBundle(vault: Resource, deleted: DeletedSecret): Record<string, unknown> {
  const { secret, deletedDate, scheduledPurgeDate } = deleted;
  const [newest] = versionsOf(secret);
  return {
    ...(newest && withoutValue(bundle(vault, secret.name, newest))),
    recoveryId: `${vaultUri(vault)}deletedsecrets/${secret.name}`,
    deletedDate,
    scheduledPurgeDate,
  };
}

function withoutValue(shown: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(shown).filter(([key]) => key !== "value"));
}

/** Makes the service. Not simulated: keys, certificates and backup. */
export async function createKeyVault(options: KeyVaultOptions): Promise<Service> {
  const { resources, directory, authorizer, log } = options;
  const app: FastifyInstance = fastify({
    routerOptions: { caseSensitive: false, ignoreTrailingSlash: true },
  });

  const vaultOf = (request: FastifyRequest): Resource => {
    const name = request.headers.host?.toLowerCase().replace(/:\d+$/, "").slice(0, -suffix.length);
    const vault = resources
      .list({ type: resourceTypes.vault })
      .find((each) => each.name.toLowerCase() === name);
    if (vault) return vault;
    throw new VaultError("vaultNotFound", `There is no key vault ${name}; see: az keyvault list`);
  };

  // Clients find out from the challenge whom to ask for a token; az sends its first request without one, and empty.
  const authority = `https://login.microsoftonline.com/${directory.tenantId}`;
  const challenge = `Bearer authorization="${authority}", resource="https://vault.azure.net"`;
  app.addHook("onRequest", async (request) => {
    if (request.headers.authorization !== undefined) return;
    throw new VaultError("unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
  });
  app.setErrorHandler((error, request, reply) => {
    const fault = faultOf(error);
    if (fault.status === 401) reply.header("www-authenticate", challenge);
    if (fault.status === 500) log(`key vault: ${request.method} ${request.url}: ${fault.message}`);
    return reply.code(fault.status).send(fault.body);
  });
  app.setNotFoundHandler((request, reply) => {
    const text = `${request.method} ${request.url} is not supported by the local Key Vault.`;
    const fault = new VaultError("notSupported", text);
    return reply.code(fault.status).send(fault.body);
  });

  /** The vault, once the caller has proved that he may. */
  async function enter(
    request: FastifyRequest,
    permission: SecretPermission,
    secret?: string,
  ): Promise<Resource> {
    const vault = vaultOf(request);
    const version = (request.query as SecretRoute["Querystring"])["api-version"];
    if (!/^(7\.\d|20\d\d-\d\d-\d\d)/.test(version ?? "")) {
      throw new VaultError("badParameter", `The api-version ${version} is not supported.`);
    }
    const { authorization } = request.headers;
    const principal = await directory.authenticate(authorization, "https://vault.azure.net");
    checkAccess({ vault, principal, permission, ...(secret ? { secret } : {}) }, authorizer);
    return vault;
  }

  function stored(vault: Resource, name: string): Resource {
    const secret = resources.get(`${vault.id}/secrets/${name}`);
    if (secret) return secret;
    const text = `A secret with (name/id) ${name} was not found in this key vault.`;
    throw new VaultError("secretNotFound", text);
  }

  async function show(request: FastifyRequest<SecretRoute>): Promise<unknown> {
    const { name, version } = request.params;
    const vault = await enter(request, "get", name);
    const secret = stored(vault, name);
    const found = versionsOf(secret).find((each) => !version || each.version === version);
    if (!found) {
      const text = `A secret with (name/id) ${name}/${version} was not found in this key vault.`;
      throw new VaultError("secretNotFound", text);
    }
    if (!found.attributes.enabled) {
      throw new VaultError("disabled", "Operation get is not allowed on a disabled secret.");
    }
    return bundle(vault, secret.name, found);
  }

  app.get<SecretRoute>("/secrets/:name", show);
  app.get<SecretRoute>("/secrets/:name/:version", show);
  app.get("/secrets", async (request) => {
    const vault = await enter(request, "list");
    const secrets = resources.list({ type: resourceTypes.vaultSecret, under: vault.id });
    return {
      value: secrets.flatMap((secret) => {
        const [newest] = versionsOf(secret);
        if (!newest) return [];
        const id = `${vaultUri(vault)}secrets/${secret.name}`;
        return [{ ...withoutValue(bundle(vault, secret.name, newest)), id }];
      }),
      nextLink: null,
    };
  });
  app.get<SecretRoute>("/secrets/:name/versions", async (request) => {
    const { name } = request.params;
    const vault = await enter(request, "list", name);
    const secret = stored(vault, name);
    const shown = versionsOf(secret).map((each) => bundle(vault, secret.name, each));
    return { value: shown.map(withoutValue), nextLink: null };
  });
  app.put<NewValueRoute>("/secrets/:name", async (request) => {
    const { name } = request.params;
    const vault = await enter(request, "set", name);
    const { value, contentType, tags, attributes } = request.body ?? {};
    if (typeof value !== "string" || !/^[0-9a-zA-Z-]{1,127}$/.test(name)) {
      const text =
        "A secret needs a name of letters, digits and hyphens, and a value that is text.";
      throw new VaultError("badParameter", text);
    }
    const refusal = refusalOf(resources, vault, { name, value, ...(tags ? { tags } : {}) });
    if (refusal) {
      const kind = refusal.code === "Conflict" ? "deletedName" : "badParameter";
      throw new VaultError(kind, refusal.message);
    }
    const secret = writeSecret({
      resources,
      vault,
      name,
      value,
      ...(contentType === undefined ? {} : { contentType }),
      ...(tags === undefined ? {} : { tags }),
      ...(attributes === undefined ? {} : { attributes }),
    });
    log(`vault ${vault.name}: secret ${name} set`);
    const [newest] = versionsOf(secret);
    return newest && bundle(vault, name, newest);
  });
  app.delete<SecretRoute>("/secrets/:name", async (request) => {
    const { name } = request.params;
    const vault = await enter(request, "delete", name);
    const secret = stored(vault, name);
    log(`vault ${vault.name}: secret ${name} deleted`);
    return deletedBundle(vault, deleteSecret(resources, vault, secret));
  });

  function storedDeleted(vault: Resource, name: string): DeletedSecret {
    const deleted = findDeletedSecret(resources, vault, name);
    if (deleted) return deleted;
    throw new VaultError("secretNotFound", `Deleted Secret not found: ${name}`);
  }
  app.get("/deletedsecrets", async (request) => {
    const vault = await enter(request, "list");
    const all = listDeletedSecrets(resources, vault);
    return { value: all.map((each) => deletedBundle(vault, each)), nextLink: null };
  });
  app.get<SecretRoute>("/deletedsecrets/:name", async (request) => {
    const { name } = request.params;
    const vault = await enter(request, "get", name);
    return deletedBundle(vault, storedDeleted(vault, name));
  });
  app.post<SecretRoute>("/deletedsecrets/:name/recover", async (request) => {
    const { name } = request.params;
    const vault = await enter(request, "recover", name);
    const secret = recoverSecret(resources, vault, storedDeleted(vault, name));
    log(`vault ${vault.name}: secret ${name} recovered`);
    const [newest] = versionsOf(secret);
    return newest && withoutValue(bundle(vault, secret.name, newest));
  });
  app.delete<SecretRoute>("/deletedsecrets/:name", async (request, reply) => {
    const { name } = request.params;
    const vault = await enter(request, "purge", name);
    storedDeleted(vault, name);
    if (vault.properties["enablePurgeProtection"] === true) {
      const text = `Operation "purge" is not allowed because purge protection is enabled for this vault.`;
      throw new VaultError("purgeForbidden", text);
    }
    purgeSecret(resources, vault, name);
    log(`vault ${vault.name}: secret ${name} purged`);
    return reply.code(204).send();
  });

  await app.ready();
  return {
    name: "key vault",
    hosts: [`*${suffix}`],
    handle: (request, response) => app.routing(request, response),
    stop: () => app.close(),
  };
}
