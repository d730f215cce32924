/** login.microsoftonline.com: discovery documents and the token endpoint for service principals. */
import { timingSafeEqual, createHash } from "node:crypto";
import fastify, { type FastifyInstance } from "fastify";
import type { Principal } from "../contracts/identity";
import { assertionType, checkAssertion } from "./assertions";
import { SignInError } from "./errors";
import type { Principals } from "./principals";
import { audienceOf, type Tokens, tokenSeconds } from "./tokens";

export const signInHost = "login.microsoftonline.com";

const sameText = (a: string, b: string): boolean => {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
};

/** Builds the routes; the app still has to be readied. */
export function signInApp(principals: Principals, tokens: Tokens): FastifyInstance {
  const app = fastify({ routerOptions: { caseSensitive: false } });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof SignInError) return reply.code(error.status).send(error.body);
    const text = error instanceof Error ? error.message : String(error);
    return reply.code(400).send({ error: "invalid_request", error_description: text });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      error: "not_found",
      error_description: `${request.method} ${request.url} is not part of the local sign-in service.`,
    }),
  );

  const checkTenant = (tenant: string): void => {
    if (tenant.toLowerCase() === principals.tenantId || tenant === "organizations") return;
    throw new SignInError("unknownTenant", `Tenant '${tenant}' not found.`);
  };
  const base = (tenant: string): string => `https://${signInHost}/${tenant}`;
  const metadata = (tenant: string): Record<string, unknown> => ({
    issuer: `${base(principals.tenantId)}/v2.0`,
    authorization_endpoint: `${base(tenant)}/oauth2/v2.0/authorize`,
    token_endpoint: `${base(tenant)}/oauth2/v2.0/token`,
    jwks_uri: `${base(tenant)}/discovery/v2.0/keys`,
    response_types_supported: ["code", "id_token", "token"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt"],
    tenant_region_scope: null,
    cloud_instance_name: "microsoftonline.com",
  });

  interface TenantRoute {
    Params: { tenant: string };
  }
  const describe = async (request: { params: { tenant: string } }): Promise<unknown> => {
    checkTenant(request.params.tenant);
    return metadata(request.params.tenant);
  };
  app.get<TenantRoute>("/:tenant/v2.0/.well-known/openid-configuration", describe);
  app.get<TenantRoute>("/:tenant/.well-known/openid-configuration", describe);
  app.get<TenantRoute>("/:tenant/discovery/v2.0/keys", () => tokens.keys());
  app.get<TenantRoute>("/:tenant/discovery/keys", () => tokens.keys());
  app.get("/common/discovery/instance", async () => ({
    tenant_discovery_endpoint: `${base(principals.tenantId)}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [
      {
        preferred_network: signInHost,
        preferred_cache: "login.windows.net",
        aliases: [signInHost],
      },
    ],
  }));

  /** Only the deployer has anything to prove itself with; managed identities have their endpoint. */
  const prove = async (
    { appId }: Principal,
    { client_secret = "", client_assertion, client_assertion_type }: Record<string, string>,
    tenant: string,
  ): Promise<void> => {
    const { deployer } = principals;
    if (client_assertion !== undefined && client_assertion_type === assertionType) {
      const tokenAddresses = [`${base(tenant)}/oauth2/v2.0/token`, `${base(tenant)}/oauth2/token`];
      const trusted = appId === deployer.appId ? deployer : {};
      return checkAssertion(client_assertion, { clientId: appId, trusted, tokenAddresses });
    }
    if (appId === deployer.appId && sameText(client_secret, deployer.clientSecret)) return;
    throw new SignInError("wrongSecret", `Invalid client secret provided for app '${appId}'.`);
  };

  interface TokenRoute extends TenantRoute {
    Body: Record<string, string>;
  }
  const issue = async (request: {
    params: { tenant: string };
    body?: Record<string, string>;
  }): Promise<unknown> => {
    checkTenant(request.params.tenant);
    const { grant_type, client_id = "", scope, resource, ...proof } = request.body ?? {};
    if (grant_type === undefined || (scope ?? resource) === undefined) {
      const missing = grant_type === undefined ? "grant_type" : "scope";
      const text = `The request body must contain the following parameter: '${missing}'.`;
      throw new SignInError("missingParameter", text);
    }
    if (grant_type !== "client_credentials") {
      const text = `The local sign-in service takes client_credentials, not '${grant_type}'; sign in with a service principal.`;
      throw new SignInError("unsupportedGrant", text);
    }
    const principal = principals.findByAppId(client_id);
    if (!principal) {
      const text = `Application with identifier '${client_id}' was not found in the directory.`;
      throw new SignInError("unknownApplication", text);
    }
    await prove(principal, proof, request.params.tenant);
    const wanted = scope?.split(" ").find((each) => each.endsWith("/.default")) ?? resource ?? "";
    const audience = audienceOf(wanted);
    if (!audience) {
      const text = `The resource principal named ${wanted} was not found in the tenant.`;
      throw new SignInError("unknownResource", text);
    }
    return {
      token_type: "Bearer",
      expires_in: tokenSeconds,
      ext_expires_in: tokenSeconds,
      access_token: await tokens.issue(principal, audience),
    };
  };
  app.post<TokenRoute>("/:tenant/oauth2/v2.0/token", issue);
  app.post<TokenRoute>("/:tenant/oauth2/token", issue);
  return app;
}
