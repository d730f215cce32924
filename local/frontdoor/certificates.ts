/**
 * The local certificate authority: made by openssl at the first run, kept in the state folder, and able to
 * vouch for the emulated domains only, so that a stolen key opens nothing else.
 */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import { promisify } from "node:util";

const openssl = async (args: string[]): Promise<void> => {
  try {
    await promisify(execFile)("openssl", args);
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string };
    const cause = code === "ENOENT" ? "it is not installed; run: apt-get install openssl" : stderr;
    throw new Error(`openssl ${args[0]} failed: ${cause?.trim()}`, { cause: error });
  }
};

/** Domains whose hosts the authority may vouch for. */
export const emulatedDomains = [
  "azurecr.io",
  "vault.azure.net",
  "blob.core.windows.net",
  "management.azure.com",
  "login.microsoftonline.com",
  "graph.microsoft.com",
  "github.com",
  "docker.io",
];

const authorityDays = 3650;
const leafDays = 7;
/** A leaf is replaced this long before it ends, in milliseconds. */
const renewBefore = 24 * 3600 * 1000;

export interface Certificates {
  /** PEM file that clients trust. */
  readonly caFile: string;
  /** What a TLS server for the host needs; made on demand. */
  contextFor(host: string): Promise<SecureContext>;
}

async function makeAuthority(caFile: string, keyFile: string): Promise<void> {
  const permitted = emulatedDomains.map((domain) => `permitted;DNS:${domain}`).join(",");
  const extensions = [
    "basicConstraints=critical,CA:TRUE,pathlen:0",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
    `nameConstraints=critical,${permitted},excluded;IP:0.0.0.0/0.0.0.0,excluded;IP:::/::`,
  ];
  await openssl([
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-noenc",
    "-keyout",
    keyFile,
    "-out",
    caFile,
    "-days",
    String(authorityDays),
    "-subj",
    "/CN=gated-imports local Azure",
    ...extensions.flatMap((extension) => ["-addext", extension]),
  ]);
  chmodSync(keyFile, 0o600);
}

/** Opens the authority of a state folder; makes it when there is none. */
export async function openCertificates(stateDir: string): Promise<Certificates> {
  const caFile = join(stateDir, "ca.pem");
  const keyFile = join(stateDir, "ca-key.pem");
  if (!existsSync(caFile) || !existsSync(keyFile)) await makeAuthority(caFile, keyFile);
  const leaves = new Map<string, { context: Promise<SecureContext>; renewAt: number }>();

  async function makeLeaf(host: string): Promise<SecureContext> {
    const folder = mkdtempSync(join(stateDir, "leaf-"));
    const file = (name: string): string => join(folder, name);
    try {
      const extensions = [
        "basicConstraints=critical,CA:FALSE",
        "keyUsage=critical,digitalSignature",
        "extendedKeyUsage=serverAuth",
        "subjectKeyIdentifier=hash",
        "authorityKeyIdentifier=keyid",
        `subjectAltName=DNS:${host}`,
      ];
      writeFileSync(file("extensions"), `${extensions.join("\n")}\n`);
      const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"];
      const subject = ["-subj", `/CN=${host.length > 64 ? "local Azure" : host}`];
      const request = ["-keyout", file("key"), "-out", file("request")];
      await openssl(["req", "-new", ...curve, ...subject, ...request]);
      const signing = ["-CA", caFile, "-CAkey", keyFile, "-days", String(leafDays)];
      const files = ["-in", file("request"), "-extfile", file("extensions"), "-out", file("leaf")];
      await openssl(["x509", "-req", ...signing, ...files]);
      return createSecureContext({
        key: readFileSync(file("key")),
        cert: readFileSync(file("leaf")),
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  return {
    caFile,
    contextFor(host) {
      const known = leaves.get(host);
      if (known && known.renewAt > Date.now()) return known.context;
      const context = makeLeaf(host);
      const renewAt = Date.now() + leafDays * 24 * 3600 * 1000 - renewBefore;
      leaves.set(host, { context, renewAt });
      context.catch(() => leaves.delete(host));
      return context;
    },
  };
}
