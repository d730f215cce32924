// The ways in which the program's scripts sign in, with the real Azure SDK; which one is taken when is a table elsewhere.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createSign, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type LocalDirectory, openDirectory } from "../../../local/identity/directory";
import { openTestBed, type Result, type TestBed } from "../clients";
import { azureCliForTests } from "../tools";

const credentials = resolve(__dirname, "../../../components/parts/azure/credential.cjs");
const script = `
  const { credential } = require(${JSON.stringify(credentials)});
  Promise.resolve().then(() => credential().getToken("https://management.azure.com/.default")).then(
    ({ token }) => process.stdout.write(token),
    ({ message }) => { process.stderr.write(message); process.exitCode = 1; });`;

const federation = {
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:contoso/gates:ref:refs/heads/main",
  audience: "api://AzureADTokenExchange",
};

function get(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    })
      .once("error", reject)
      .end();
  });
}

/** A certificate of the name, as PEM with its key, and as PKCS #12 with a password. */
function makeCertificate(folder: string, name: string): void {
  const file = (ending: string): string => join(folder, `${name}.${ending}`);
  const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: "pipe" });
  const subject = ["-days", "1", "-subj", `/CN=${name}`];
  openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject],
    ...["-keyout", file("key"), "-out", file("crt")],
  );
  writeFileSync(file("pem"), readFileSync(file("key"), "utf8") + readFileSync(file("crt"), "utf8"));
  openssl(
    ...["pkcs12", "-export", "-inkey", file("key"), "-in", file("crt")],
    ...["-out", file("pfx"), "-passout", "pass:open"],
  );
}

describe("identity/signInWays", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), "ways-"));
  const file = (name: string): string => join(folder, name);
  let bed: TestBed;
  let directory: LocalDirectory;
  let issuerKey: KeyObject;
  /** Stands in for GitHub's address of id tokens. */
  let issuer: Server;
  let asked: { authorization?: string; audience: string | null }[];

  const idToken = ({ subject: sub = federation.subject } = {}): string => {
    const { issuer: iss, audience: aud } = federation;
    const exp = Math.floor(Date.now() / 1000) + 300;
    const parts = [
      { alg: "RS256", typ: "JWT" },
      { iss, sub, aud, exp },
    ];
    const text = parts
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${createSign("RSA-SHA256").update(text).sign(issuerKey, "base64url")}`;
  };

  before(async () => {
    makeCertificate(folder, "deployer");
    makeCertificate(folder, "stranger");
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    issuerKey = privateKey;
    bed = await openTestBed(async (stateDir) => {
      await (await openDirectory({ stateDir })).service.stop();
      const path = join(stateDir, "identity.json");
      const stored = JSON.parse(readFileSync(path, "utf8")) as { deployer: object };
      Object.assign(stored.deployer, {
        certificates: [readFileSync(file("deployer.crt"), "utf8")],
        federatedCredentials: [
          { ...federation, publicKey: publicKey.export({ type: "spki", format: "pem" }) },
        ],
      });
      writeFileSync(path, JSON.stringify(stored));
      directory = await openDirectory({ stateDir });
      const { subscriptionId, tenantId } = directory;
      const subscription = { subscriptionId, tenantId, displayName: "local", state: "Enabled" };
      const subscriptions = {
        name: "subscriptions",
        hosts: ["management.azure.com"],
        handle: (_request: unknown, response: ServerResponse) =>
          response.end(
            JSON.stringify({
              value: [{ id: `/subscriptions/${subscriptionId}`, ...subscription }],
            }),
          ),
        stop: async () => {},
      };
      return [directory.service, subscriptions];
    });
    asked = [];
    issuer = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://issuer");
      const { authorization } = request.headers;
      asked.push({ authorization, audience: url.searchParams.get("audience") });
      if (authorization !== "Bearer request-token") return response.writeHead(401).end();
      response.end(JSON.stringify({ value: idToken() }));
    });
    await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await new Promise((resolve) => issuer.close(resolve));
    await bed.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const signIn = (variables: Record<string, string>): Promise<Result> => {
    const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return bed.run("env", ...words, process.execPath, "-e", script);
  };
  const principal = () => ({
    ARM_TENANT_ID: directory.tenantId,
    ARM_CLIENT_ID: directory.deployer.appId,
  });
  const callerOf = async ({ stdout, stderr }: Result): Promise<string> => {
    assert.notEqual(stdout, "", stderr);
    const bearer = `Bearer ${stdout.trim()}`;
    return (await directory.authenticate(bearer, "https://management.azure.com")).displayName;
  };
  const oidc = () => ({ ...principal(), ARM_USE_OIDC: "true" });
  const issuerUrl = () => `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/?run=1`;

  const accepted: [way: string, variables: () => Promise<Record<string, string>>][] = [
    ["a secret", async () => ({ ARM_CLIENT_SECRET: directory.deployer.clientSecret })],
    ["a PEM certificate", async () => ({ ARM_CLIENT_CERTIFICATE_PATH: file("deployer.pem") })],
    [
      "a PKCS #12 certificate",
      async () => ({
        ARM_CLIENT_CERTIFICATE_PATH: file("deployer.pfx"),
        ARM_CLIENT_CERTIFICATE_PASSWORD: "open",
      }),
    ],
    ["an id token", async () => ({ ...oidc(), ARM_OIDC_TOKEN: idToken() })],
    [
      "an id token in a file",
      async () => {
        writeFileSync(file("token"), `${idToken()}\n`);
        return { ...oidc(), ARM_OIDC_TOKEN_FILE_PATH: file("token") };
      },
    ],
    [
      "an id token that it asks for",
      async () => ({
        ...oidc(),
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
        ACTIONS_ID_TOKEN_REQUEST_URL: issuerUrl(),
        NO_PROXY: "127.0.0.1",
      }),
    ],
  ];
  for (const [way, variables] of accepted)
    it(`signs in with ${way}`, async () => {
      assert.equal(
        await callerOf(await signIn({ ...principal(), ...(await variables()) })),
        "deployer",
      );
    });

  it("asks for an id token that is meant for Azure", () => {
    const [first, ...more] = asked;
    assert.deepEqual(first, {
      authorization: "Bearer request-token",
      audience: "api://AzureADTokenExchange",
    });
    // The SDK asks twice for one sign-in.
    for (const one of more) assert.deepEqual(one, first);
  });

  it("signs in as the machine's managed identity", async () => {
    const identity = directory.createManagedIdentity("build machine");
    const endpoint = directory.openManagedIdentityEndpoint(identity.objectId);
    // A machine has one endpoint, and it has no path in front.
    const machine = createServer(({ url = "", headers }, response) => {
      void get(`${endpoint.url}${url}`, { Metadata: String(headers.metadata) }).then(
        ({ status, body }) =>
          response.writeHead(status, { "content-type": "application/json" }).end(body),
      );
    });
    await new Promise<void>((resolve) => machine.listen(0, "127.0.0.1", resolve));
    const { port } = machine.address() as AddressInfo;
    const host = `http://127.0.0.1:${port}`;
    const found = await signIn({ ARM_USE_MSI: "true", AZURE_POD_IDENTITY_AUTHORITY_HOST: host });
    machine.close();
    endpoint.close();
    assert.equal(await callerOf(found), "build machine");
  });

  it("signs in as az is signed in", async () => {
    const { appId, clientSecret } = directory.deployer;
    const words = ["-u", appId, "-p", clientSecret, "--tenant", directory.tenantId];
    const { code, stderr } = await bed.az("login", "--service-principal", ...words);
    assert.equal(code, 0, stderr);
    const found = await signIn({
      PATH: `${join(azureCliForTests(), "..")}:${process.env["PATH"]}`,
    });
    assert.equal(await callerOf(found), "deployer");
  });

  const refused: [what: string, variables: () => Promise<Record<string, string>>, words: RegExp][] =
    [
      [
        "a certificate of somebody else",
        async () => ({ ARM_CLIENT_CERTIFICATE_PATH: file("stranger.pem") }),
        /AADSTS700027: The certificate .* is not registered on application/,
      ],
      [
        "an id token of another branch",
        async () => ({ ...oidc(), ARM_OIDC_TOKEN: idToken({ subject: "repo:other" }) }),
        /AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:other'/,
      ],
      [
        "text for an id token",
        async () => ({ ...oidc(), ARM_OIDC_TOKEN: "nonsense" }),
        /AADSTS50027: The client assertion is not a JSON web token/,
      ],
      [
        "a certificate's wrong password",
        async () => ({
          ARM_CLIENT_CERTIFICATE_PATH: file("deployer.pfx"),
          ARM_CLIENT_CERTIFICATE_PASSWORD: "wrong-password",
        }),
        /^openssl cannot open the certificate .*deployer\.pfx: it is neither PEM nor a \.pfx file of the password in ARM_CLIENT_CERTIFICATE_PASSWORD \(azure-native:clientCertificatePassword\)$/,
      ],
      [
        "a certificate that is not there",
        async () => ({ ARM_CLIENT_CERTIFICATE_PATH: "nowhere.pem" }),
        /^ARM_CLIENT_CERTIFICATE_PATH names nowhere\.pem, which cannot be read \(ENOENT\); give an absolute path$/,
      ],
      [
        "a request token that is over",
        async () => ({
          ...oidc(),
          ARM_OIDC_REQUEST_TOKEN: "late",
          ARM_OIDC_REQUEST_URL: issuerUrl(),
          NO_PROXY: "127.0.0.1",
        }),
        /^127\.0\.0\.1:\d+ gave no id token, it answered 401; check ARM_OIDC_REQUEST_TOKEN$/,
      ],
    ];
  for (const [what, variables, words] of refused)
    it(`tells what is wrong with ${what}, without a secret`, async () => {
      const { code, stderr } = await signIn({ ...principal(), ...(await variables()) });
      assert.match(stderr, words);
      assert.doesNotMatch(stderr, /wrong-password/);
      assert.equal(code, 1);
    });
});
