/** Access tokens: JWTs signed with a key of this state folder, with the claims that Azure's clients read. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { exportJWK, exportPKCS8, generateKeyPair, importPKCS8, jwtVerify, SignJWT } from "jose";
import type { JWK, KeyLike } from "jose";
import { createPublicKey } from "node:crypto";
import { type Audience, type Principal, Unauthenticated } from "../contracts/identity";
import type { Principals } from "./principals";

/** Life of a token in seconds, as Entra ID gives. */
export const tokenSeconds = 3600;

const algorithm = "RS256";

/** Other spellings of an audience that clients ask for. */
const spellings: Record<string, Audience> = {
  "https://management.core.windows.net": "https://management.azure.com",
  "https://management.azure.com": "https://management.azure.com",
  "https://vault.azure.net": "https://vault.azure.net",
  "https://containerregistry.azure.net": "https://containerregistry.azure.net",
  "https://graph.microsoft.com": "https://graph.microsoft.com",
};

/** The audience of a `resource` or a `.default` scope; `undefined` for one that nobody serves here. */
export function audienceOf(resourceOrScope: string): Audience | undefined {
  const resource = resourceOrScope.replace(/\/\.default$/, "").replace(/\/+$/, "");
  return spellings[resource.toLowerCase()];
}

export interface Tokens {
  issue(principal: Principal, audience: Audience): Promise<string>;
  /** @throws {Unauthenticated} */
  verify(authorization: string | undefined, audience: Audience): Promise<Principal>;
  /** The public key, for the keys endpoint. */
  keys(): Promise<{ keys: JWK[] }>;
}

async function openKey(path: string): Promise<KeyLike> {
  if (!existsSync(path)) {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    writeFileSync(path, await exportPKCS8(privateKey), { mode: 0o600 });
  }
  return importPKCS8(readFileSync(path, "utf8"), algorithm, { extractable: true });
}

/** Opens the signing key at `keyFile`; makes it when there is none. */
export async function openTokens(keyFile: string, principals: Principals): Promise<Tokens> {
  const privateKey = await openKey(keyFile);
  const publicKey = createPublicKey(readFileSync(keyFile));
  const keyId = "local-azure";
  const issuer = `https://sts.windows.net/${principals.tenantId}/`;

  return {
    issue: ({ objectId, appId }, audience) =>
      new SignJWT({
        appid: appId,
        idtyp: "app",
        oid: objectId,
        sub: objectId,
        tid: principals.tenantId,
        ver: "1.0",
      })
        .setProtectedHeader({ alg: algorithm, typ: "JWT", kid: keyId })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setNotBefore("0s")
        .setExpirationTime(`${tokenSeconds}s`)
        .sign(privateKey),
    async verify(authorization, audience) {
      const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? "") ?? [];
      if (token === undefined) throw new Unauthenticated("The request carries no bearer token.");
      const { payload } = await jwtVerify(token, publicKey, { issuer, audience }).catch(
        (error: Error) => {
          throw new Unauthenticated(`The access token is invalid: ${error.message}.`);
        },
      );
      const principal = principals.find(String(payload["oid"]));
      if (!principal) throw new Unauthenticated("The token's principal no longer exists.");
      return principal;
    },
    keys: async () => ({
      keys: [{ ...(await exportJWK(publicKey)), kid: keyId, use: "sig", alg: algorithm }],
    }),
  };
}
