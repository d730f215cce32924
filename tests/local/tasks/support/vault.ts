/** A key vault's answers: who may read is the test's choice. */
import type { RequestListener } from "node:http";

export interface FakeVault {
  handle: RequestListener;
  /** Secret values by name. */
  secrets: Record<string, string>;
  /** Bearer tokens that may read. */
  readers: Set<string>;
}

export function createFakeVault(): FakeVault {
  const secrets: Record<string, string> = {};
  const readers = new Set<string>();
  return {
    secrets,
    readers,
    handle(request, response) {
      const [, name = ""] = /^\/secrets\/([^/?]+)/.exec(request.url ?? "") ?? [];
      const send = (status: number, body: object): void =>
        void response
          .writeHead(status, { "content-type": "application/json" })
          .end(JSON.stringify(body));
      if (!readers.has((request.headers.authorization ?? "").replace("Bearer ", ""))) {
        return send(403, {
          error: { code: "Forbidden", message: "no policy", innererror: { code: "AccessDenied" } },
        });
      }
      const value = secrets[name];
      if (value === undefined) {
        return send(404, { error: { code: "SecretNotFound", message: `${name} is not there` } });
      }
      send(200, { value });
    },
  };
}
