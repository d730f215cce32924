/** What stands in for a client secret: an assertion signed with a certificate, or an issuer's token (federation). */
import { createPublicKey, X509Certificate } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, jwtVerify, type KeyLike } from "jose";
import { SignInError } from "./errors";

/** An issuer whose tokens are taken for an application. Entra ID looks its keys up; here they are given. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  /** PEM. */
  publicKey: string;
}

export interface TrustedAssertions {
  /** PEM. */
  certificates?: readonly string[];
  federatedCredentials?: readonly FederatedCredential[];
}

/** Seconds that clocks may differ; what a client signs can begin half a second from now, as it rounds. */
const clockTolerance = 300;

export const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * @param tokenAddresses what a certificate's assertion may be meant for
 * @throws {SignInError} in Entra ID's words
 */
export async function checkAssertion(
  assertion: string,
  {
    clientId,
    trusted,
    tokenAddresses,
  }: { clientId: string; trusted: TrustedAssertions; tokenAddresses: string[] },
): Promise<void> {
  const { header, claims } = taken(assertion);
  const thumbprint = header["x5t#S256"] ?? header.x5t;
  if (thumbprint === undefined) return checkFederated(assertion, claims, trusted);

  const certificate = (trusted.certificates ?? [])
    .map((pem) => new X509Certificate(pem))
    .find((one) => [one.fingerprint256, one.fingerprint].map(encoded).includes(String(thumbprint)));
  if (!certificate) {
    const text = `The certificate with identifier used to sign the client assertion is not registered on application '${clientId}'.`;
    throw new SignInError("unknownCertificate", text);
  }
  await verify(assertion, certificate.publicKey, {
    issuer: clientId,
    subject: clientId,
    audience: tokenAddresses,
  });
}

function taken(assertion: string) {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) };
  } catch {
    throw new SignInError("badAssertion", "The client assertion is not a JSON web token.");
  }
}

/** `AB:CD:...`, as a token's header has it. */
const encoded = (fingerprint: string): string =>
  Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url");

async function checkFederated(
  assertion: string,
  { iss = "", sub = "", aud = "" }: { iss?: string; sub?: string; aud?: string | string[] },
  { federatedCredentials = [] }: TrustedAssertions,
): Promise<void> {
  const found = federatedCredentials.find(
    ({ issuer, subject, audience }) =>
      issuer === iss && subject === sub && [aud].flat().includes(audience),
  );
  if (!found) {
    const text = `No matching federated identity record found for presented assertion subject '${sub}'. Assertion issuer: '${iss}', audience: '${String(aud)}'.`;
    throw new SignInError("unknownFederation", text);
  }
  const { issuer, subject, audience } = found;
  await verify(assertion, createPublicKey(found.publicKey), { issuer, subject, audience });
}

async function verify(
  assertion: string,
  key: KeyLike,
  wanted: { issuer: string; subject: string; audience: string | string[] },
): Promise<void> {
  await jwtVerify(assertion, key, { ...wanted, clockTolerance }).catch((error: Error) => {
    throw new SignInError("badAssertion", `The client assertion is invalid: ${error.message}.`);
  });
}
