/** graph.microsoft.com: what azure-cli asks about principals. */
import fastify, { type FastifyInstance } from "fastify";
import { type Principal, Unauthenticated } from "../contracts/identity";
import type { Principals } from "./principals";
import type { Tokens } from "./tokens";

export const graphHost = "graph.microsoft.com";

const fault = (code: string, message: string): unknown => ({ error: { code, message } });

const describe = ({ objectId, appId, displayName }: Principal): Record<string, unknown> => ({
  "@odata.type": "#microsoft.graph.servicePrincipal",
  id: objectId,
  appId,
  displayName,
  servicePrincipalNames: [appId],
});

/** Builds the routes; the app still has to be readied. */
export function graphApp(principals: Principals, tokens: Tokens): FastifyInstance {
  const app = fastify({ routerOptions: { caseSensitive: false } });
  app.addHook("onRequest", async (request) => {
    await tokens.verify(request.headers.authorization, "https://graph.microsoft.com");
  });
  app.setErrorHandler((error, _request, reply) => {
    const text = error instanceof Error ? error.message : String(error);
    return error instanceof Unauthenticated
      ? reply.code(401).send(fault("InvalidAuthenticationToken", text))
      : reply.code(400).send(fault("BadRequest", text));
  });
  app.setNotFoundHandler((request, reply) => {
    const text = `${request.method} ${request.url} is not part of the local Graph.`;
    return reply.code(404).send(fault("ResourceNotFound", text));
  });

  app.get("/v1.0/me", (_request, reply) => {
    const text = "/me request is only valid with delegated authentication flow.";
    return reply.code(400).send(fault("BadRequest", text));
  });
  app.get<{ Querystring: { $filter?: string } }>("/v1.0/servicePrincipals", (request, reply) => {
    const { $filter = "" } = request.query;
    const [, name] =
      /^(?:servicePrincipalNames\/any\(c:c eq |appId eq )'([^']+)'\)?$/.exec($filter) ?? [];
    if (name === undefined) {
      const text = `The filter ${$filter} is not supported by the local Graph.`;
      return reply.code(400).send(fault("Request_UnsupportedQuery", text));
    }
    // By application id alone: az takes whatever comes back for the principal that was meant.
    const found = principals.findByAppId(name);
    return reply.send({ value: found ? [describe(found)] : [] });
  });
  app.post<{ Body: { ids?: string[] } }>("/v1.0/directoryObjects/getByIds", async (request) => ({
    value: (request.body.ids ?? []).flatMap((id) => {
      const found = principals.find(id);
      return found ? [describe(found)] : [];
    }),
  }));
  return app;
}
