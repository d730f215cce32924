/** Passwords of registry tokens: made here, answered once, kept as hashes. */
import { createHash } from "node:crypto";
import { randomSecret } from "../../kernel/randomSecret";
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { isObject, knownOnly, optionalChoice, optionalText, textAt } from "../body";
import { refuse } from "../errors";
import type { Action } from "../kind";

const passwordNames = ["password1", "password2"] as const;

/** An entry of `secret.passwords` of a token. */
export interface TokenPassword {
  name: (typeof passwordNames)[number];
  /** Hex SHA-256 of the password's UTF-8 bytes. */
  sha256: string;
  /** ISO 8601. */
  creationTime: string;
  /** ISO 8601; absent: never. */
  expiry?: string;
}

export function passwordsOf(token: Resource): TokenPassword[] {
  const kept = token.secret?.passwords;
  return Array.isArray(kept) ? (kept.filter(isObject) as unknown as TokenPassword[]) : [];
}

/** POST REGISTRY/generateCredentials `{tokenId, name?, expiry?}`: without a name, both passwords anew. */
export const generateCredentials = (resources: ResourceStore): Action => ({
  method: "POST",
  name: "generateCredentials",
  run({ existing: registry, body }) {
    knownOnly(body, ["tokenId", "name", "expiry"], "generateCredentials");
    const tokenId = textAt(body.tokenId, "tokenId");
    const token = resources.get(tokenId);
    const own = tokenId.toLowerCase().startsWith(`${registry.id.toLowerCase()}/tokens/`);
    if (!token || !own || token.type !== resourceTypes.token) {
      throw refuse(
        "BadRequest",
        `The token '${tokenId}' does not exist in registry '${registry.name}'.`,
      );
    }
    const one = optionalChoice(body.name, passwordNames, "name");
    const names = one === undefined ? passwordNames : [one];
    const expiry = expiryOf(optionalText(body.expiry, "expiry"));
    const creationTime = new Date().toISOString();
    const made = names.map((name) => ({
      name,
      value: randomSecret(52),
      creationTime,
      ...(expiry === undefined ? {} : { expiry }),
    }));
    const kept = passwordsOf(token).filter(({ name }) => !names.some((other) => other === name));
    const hashed = made.map(({ value, ...password }) => ({
      ...password,
      sha256: createHash("sha256").update(value).digest("hex"),
    }));
    const passwords = [...kept, ...hashed].sort((a, b) => a.name.localeCompare(b.name));
    resources.put({ ...token, secret: { ...token.secret, passwords } });
    return { status: 200, body: { username: token.name, passwords: made } };
  },
});

function expiryOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time) || time <= Date.now()) {
    throw refuse("BadRequest", `The expiry '${text}' is not a time in the future.`);
  }
  return new Date(time).toISOString();
}
