/** The resource manager, asked as whoever is signed in. */
import type { Ask, Reply } from "./rest";
import { listAt, textAt } from "./rest";

const host = "https://management.azure.com";

/** The API version of each question. */
const apiVersions = {
  subscription: "2022-12-01",
  provider: "2021-04-01",
  permissions: "2022-04-01",
  registry: "2025-11-01",
  vault: "2024-11-01",
} as const;

export interface Azure {
  /** Asks about something of the subscription. @param path begins with a slash; empty for the subscription itself */
  get(path: string, about: keyof typeof apiVersions): Promise<Reply>;
  post(path: string, about: keyof typeof apiVersions, body: object): Promise<Reply>;
  /** All pages of a list. @throws nothing: a reply that is no list comes back as it is */
  list(
    path: string,
    about: keyof typeof apiVersions,
  ): Promise<{ values: readonly Reply["body"][]; reply: Reply }>;
}

/** @param token gives the bearer token for the next question */
export function openAzure(ask: Ask, subscriptionId: string, token: () => Promise<string>): Azure {
  const authorization = async (): Promise<string> => `Bearer ${await token()}`;
  const address = (path: string, about: keyof typeof apiVersions): string =>
    `${host}/subscriptions/${subscriptionId}${path}?api-version=${apiVersions[about]}`;
  return {
    get: async (path, about) => ask(address(path, about), { authorization: await authorization() }),
    post: async (path, about, body) =>
      ask(address(path, about), { method: "POST", body, authorization: await authorization() }),
    async list(path, about) {
      let reply = await ask(address(path, about), { authorization: await authorization() });
      const values = [...listAt(reply.body, "value")];
      for (;;) {
        const next = textAt(reply.body, "nextLink");
        // A link elsewhere would carry the token there.
        if (reply.status !== 200 || !next.startsWith(`${host}/`)) return { values, reply };
        reply = await ask(next, { authorization: await authorization() });
        values.push(...listAt(reply.body, "value"));
      }
    },
  };
}
