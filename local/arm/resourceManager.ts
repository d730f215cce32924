/** management.azure.com: one fastify application in front of the pipeline. */
import { randomUUID } from "node:crypto";
import fastify, { type FastifyReply } from "fastify";
import type { Service } from "../contracts/service";
import { objectAt } from "./body";
import { ArmError, refuse } from "./errors";
import type { Answer, ArmServices } from "./kind";
import { resourceKinds } from "./kinds";
import { createOperations } from "./operations";
import { pipeline, type ArmContext, type Exchange } from "./pipeline";
import { resumeRemovals } from "./removal";
import { createTurns } from "./turns";

/**
 * The resource manager. It goes on with deletions and task runs that a stop interrupted.
 * `stop` answers held polls at once; work that is going on then is taken up by the next start.
 */
export async function createResourceManager(services: ArmServices): Promise<Service> {
  const { directory, log } = services;
  const context: ArmContext = {
    ...services,
    kinds: resourceKinds(services),
    operations: createOperations(directory, log),
    inTurn: createTurns(),
  };

  async function answer(exchange: Exchange): Promise<Answer> {
    for (const step of pipeline) {
      const result = await step(context, exchange);
      if (result) return result;
    }
    throw refuse("InvalidRequestUri", exchange.url.pathname);
  }

  const app = fastify({ logger: false, exposeHeadRoutes: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (_request, text, done) => done(null, text));
  app.setErrorHandler((error, _request, reply) => {
    const known = error instanceof ArmError ? error : undefined;
    if (!known) {
      const { statusCode = 500, message } = error as { statusCode?: number; message: string };
      if (statusCode < 500) {
        const refused = refuse("InvalidRequestContent", message);
        return send(reply, { status: statusCode, body: refused.body() });
      }
      log(`resource manager: ${message}`);
    }
    const shown = known ?? refuse("InternalServerError");
    return send(reply, { status: shown.status, body: shown.body() });
  });
  // ARM ids are open at both ends, so the address is parsed by address.ts and not by routes
  app.route({
    method: ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"],
    url: "/*",
    handler: async (request, reply) => {
      const exchange: Exchange = {
        method: request.method,
        url: new URL(request.raw.url ?? "/", "https://management.azure.com"),
        authorization: request.headers.authorization,
        body: parseBody(request.body),
      };
      const requestId = request.headers["x-ms-client-request-id"];
      if (typeof requestId === "string") reply.header("x-ms-client-request-id", requestId);
      return send(reply, await answer(exchange));
    },
  });
  await app.ready();

  resumeRemovals(context);
  for (const kind of context.kinds) {
    if (!kind.resume) continue;
    for (const resource of services.resources.list({ type: kind.type })) kind.resume(resource);
  }

  return {
    name: "resource manager",
    hosts: ["management.azure.com"],
    handle: (request, response) => app.routing(request, response),
    async stop() {
      context.operations.release();
      await app.close();
    },
  };
}

function parseBody(text: unknown): Exchange["body"] {
  if (typeof text !== "string" || text.trim() === "") return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse("InvalidRequestContent", "it is not JSON.");
  }
  return objectAt(parsed, "body");
}

function send(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  reply.status(status).headers({
    "x-ms-request-id": randomUUID(),
    "cache-control": "no-cache",
    ...headers,
  });
  // an explicit string keeps fastify from choosing a content type for an empty body
  if (body === undefined) return reply.send();
  return reply.type("application/json; charset=utf-8").send(JSON.stringify(body));
}
