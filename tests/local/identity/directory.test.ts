// Sign-in with real azure-cli and the Azure SDK; what a signed-in caller may do is the resource manager's business.
import assert from "node:assert/strict";
import { request, type ServerResponse } from "node:http";
import { type LocalDirectory, openDirectory } from "../../../local/identity/directory";
import { Unauthenticated } from "../../../local/contracts/identity";
import { openTestBed, type Result, type TestBed } from "../clients";
import { azureCliForTests } from "../tools";

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

describe("identity/directory", function () {
  this.timeout(60_000);
  let bed: TestBed;
  let directory: LocalDirectory;
  before(async () => {
    bed = await openTestBed(async (stateDir) => {
      directory = await openDirectory({ stateDir });
      const subscriptions = {
        name: "subscriptions",
        hosts: ["management.azure.com"],
        handle: (_request: unknown, response: ServerResponse) => {
          const id = directory.subscriptionId;
          const value = [
            {
              id: `/subscriptions/${id}`,
              subscriptionId: id,
              displayName: "local",
              state: "Enabled",
              tenantId: directory.tenantId,
            },
          ];
          response.end(JSON.stringify({ value }));
        },
        stop: async () => {},
      };
      return [directory.service, subscriptions];
    });
  });
  after(() => bed.close());

  const login = (secret: string): Promise<Result> =>
    bed.az(
      "login",
      "--service-principal",
      "-u",
      directory.deployer.appId,
      "-p",
      secret,
      "--tenant",
      directory.tenantId,
    );

  it("refuses a wrong secret in Entra ID's words", async () => {
    const { code, stderr } = await login("wrong");
    assert.equal(code, 1);
    assert.match(stderr, /7000215.*Invalid client secret/s);
  });

  it("signs azure-cli in as the deployer", async () => {
    const { code, stdout, stderr } = await login(directory.deployer.clientSecret);
    assert.equal(code, 0, stderr);
    assert.match(stdout, new RegExp(directory.subscriptionId));
  });

  it("gives the Azure SDK for JavaScript a token that it accepts and that names the deployer", async () => {
    const { appId, clientSecret } = directory.deployer;
    const script = `
      const { EnvironmentCredential } = require("@azure/identity");
      new EnvironmentCredential().getToken("https://management.azure.com/.default").then((t) => console.log(t.token));`;
    const { stdout, stderr } = await bed.run(
      "env",
      `AZURE_CLIENT_ID=${appId}`,
      `AZURE_CLIENT_SECRET=${clientSecret}`,
      `AZURE_TENANT_ID=${directory.tenantId}`,
      process.execPath,
      "-e",
      script,
    );
    assert.notEqual(stdout, "", stderr);
    const bearer = `Bearer ${stdout.trim()}`;
    const caller = await directory.authenticate(bearer, "https://management.azure.com");
    assert.equal(caller.appId, appId);
    await assert.rejects(
      directory.authenticate(bearer, "https://vault.azure.net"),
      Unauthenticated,
    );
  });

  it("signs a task's azure-cli in with the task's own identity, and forgets it when the run ends", async () => {
    const identity = directory.createManagedIdentity("hello-world");
    const endpoint = directory.openManagedIdentityEndpoint(identity.objectId);
    const azure = (): Promise<Result> =>
      bed.run(
        "env",
        `AZURE_POD_IDENTITY_AUTHORITY_HOST=${endpoint.url}`,
        `AZURE_CONFIG_DIR=${bed.stateDir}/task`,
        "sh",
        "-c",
        `"$0" login --identity && "$0" account get-access-token --query accessToken -o tsv`,
        azureCliForTests(),
      );
    const { code, stdout, stderr } = await azure();
    assert.equal(code, 0, stderr);
    const token = stdout.trim().split("\n").at(-1) ?? "";
    const caller = await directory.authenticate(`Bearer ${token}`, "https://management.azure.com");
    assert.equal(caller.objectId, identity.objectId);
    endpoint.close();
    const path = "/metadata/identity/oauth2/token?resource=https://vault.azure.net";
    const late = await get(`${endpoint.url}${path}`, { Metadata: "true" });
    assert.equal(late.status, 404);
  });

  it("gives no token to a program that does not know a run's path", async () => {
    const identity = directory.createManagedIdentity("other");
    const endpoint = directory.openManagedIdentityEndpoint(identity.objectId);
    const { origin } = new URL(endpoint.url);
    const path = "/metadata/identity/oauth2/token?resource=https://vault.azure.net";
    assert.equal((await get(`${origin}${path}`, { Metadata: "true" })).status, 404);
    assert.equal((await get(`${endpoint.url}${path}`, {})).status, 400);
    assert.equal((await get(`${origin}//`, { Metadata: "true" })).status, 400);
    endpoint.close();
  });

  it("gives nobody the deployer's secret with the deployer", () => {
    const { objectId, clientSecret } = directory.deployer;
    assert.doesNotMatch(JSON.stringify(directory.find(objectId)), new RegExp(clientSecret));
  });

  it("refuses the token of a principal that was removed", async () => {
    const identity = directory.createManagedIdentity("gone");
    const token = await directory.issueToken(identity, "https://vault.azure.net");
    directory.remove(identity.objectId);
    await assert.rejects(
      directory.authenticate(`Bearer ${token}`, "https://vault.azure.net"),
      /no longer exists/,
    );
  });
});
