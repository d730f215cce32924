/**
 * The instance metadata endpoint of task runs. Each run has a path of its own that nobody can guess, so a program
 * gets the token of the run it belongs to and of no other.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ManagedIdentityEndpoint } from "../contracts/identity";
import type { Principals } from "./principals";
import { audienceOf, type Tokens, tokenSeconds } from "./tokens";

export interface ManagedIdentityServer {
  open(objectId: string): ManagedIdentityEndpoint;
  close(): Promise<void>;
}

const tokenPath = "/metadata/identity/oauth2/token";

export async function serveManagedIdentities(
  principals: Principals,
  tokens: Tokens,
): Promise<ManagedIdentityServer> {
  const endpoints = new Map<string, string>();

  async function answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(request.url ?? "/", "http://metadata");
    const [, secret = "", ...rest] = url.pathname.split("/");
    const principal = principals.find(endpoints.get(secret) ?? "");
    // Microsoft's library for JavaScript ends the path with a slash.
    if (!principal || `/${rest.join("/")}`.replace(/\/$/, "") !== tokenPath) {
      return { status: 404, body: { error: "not_found", error_description: "No such endpoint." } };
    }
    if (request.method !== "GET" || String(request.headers.metadata).toLowerCase() !== "true") {
      const text = "The request needs the header Metadata: true.";
      return { status: 400, body: { error: "invalid_request", error_description: text } };
    }
    const resource = url.searchParams.get("resource") ?? "";
    const audience = audienceOf(resource);
    const client = url.searchParams.get("client_id");
    if (!audience || (client !== null && client !== principal.appId)) {
      const text = audience ? `Identity ${client} not found.` : `Resource ${resource} not found.`;
      return { status: 400, body: { error: "invalid_request", error_description: text } };
    }
    return {
      status: 200,
      body: {
        access_token: await tokens.issue(principal, audience),
        client_id: principal.appId,
        expires_in: String(tokenSeconds),
        expires_on: String(Math.floor(Date.now() / 1000) + tokenSeconds),
        resource,
        token_type: "Bearer",
      },
    };
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const refused = (error: Error): { status: number; body: unknown } => ({
      status: 400,
      body: { error: "invalid_request", error_description: error.message },
    });
    void answer(request)
      .catch(refused)
      .then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    open(objectId) {
      const secret = randomBytes(18).toString("base64url");
      endpoints.set(secret, objectId);
      return {
        url: `http://127.0.0.1:${port}/${secret}`,
        close: () => void endpoints.delete(secret),
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
