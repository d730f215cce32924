// GitHub's REST API over plain HTTP on loopback: that preflight reads it as GitHub's is tried there.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openGitHost, type LocalGitHost } from "../../../local/git/gitHost";
import type { TokenGrants } from "../../../local/git/restApi";

const token = "ghp_of_the_test";
const agent = { "user-agent": "test" };
const signedIn = { ...agent, authorization: `Bearer ${token}` };

describe("git/restApi", () => {
  let folder: string;
  let host: LocalGitHost;
  let server: Server;
  const grants: TokenGrants = {};

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "rest-"));
    host = openGitHost({ stateDir: folder, token, grants, log: () => undefined });
    const content = join(folder, "content");
    mkdirSync(content);
    writeFileSync(join(content, "acr-task.yaml"), "version: v1.1.0\n");
    await host.seed({ owner: "contoso", name: "app", folder: content, message: "Start" });
    server = createServer((request, response) => host.service.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    await host.service.stop();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    delete grants.webhooks;
    grants.scopes = ["repo", "admin:repo_hook"];
  });

  interface Told {
    status: number;
    headers: IncomingHttpHeaders;
    body: Record<string, unknown>;
  }
  const get = (path: string, headers: Record<string, string> = signedIn, method = "GET") =>
    new Promise<Told>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const options = { method, headers: { ...headers, host: "api.github.com" }, agent: false };
      request(`http://127.0.0.1:${port}${path}`, options, (answer) => {
        let text = "";
        answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
        answer.once("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: JSON.parse(text) as Record<string, unknown>,
          }),
        );
      })
        .once("error", reject)
        .end();
    });
  const statusOf = async (...words: Parameters<typeof get>) => (await get(...words)).status;

  it("tells whose token it is and what a classic one may do", async () => {
    const { body, headers } = await get("/user");
    assert.equal(body["login"], "gated-imports");
    assert.equal(headers["x-oauth-scopes"], "repo, admin:repo_hook");
    delete grants.scopes;
    assert.equal((await get("/user")).headers["x-oauth-scopes"], undefined);
  });

  it("refuses a wrong token, and one who does not say what program asks", async () => {
    const wrong = await get("/user", { ...agent, authorization: "Bearer ghp_wrong" });
    assert.deepEqual([wrong.status, wrong.body["message"]], [401, "Bad credentials"]);
    assert.equal(await statusOf("/user", agent), 401);
    assert.equal(await statusOf("/user", { authorization: `Bearer ${token}` }), 403);
  });

  it("shows a repository, its branches and its files to the token and to nobody else", async () => {
    const { body } = await get("/repos/Contoso/APP");
    assert.equal(body["full_name"], "contoso/app");
    assert.equal((body["permissions"] as Record<string, unknown>)["admin"], true);
    assert.equal(await statusOf("/repos/contoso/app/branches/main"), 200);
    assert.equal(
      (await get("/repos/contoso/app/branches/a%2Fb")).body["message"],
      "Branch not found",
    );
    const file = await get("/repos/contoso/app/contents/acr-task.yaml?ref=main");
    assert.deepEqual([file.body["type"], file.body["size"]], ["file", 16]);
    for (const path of [
      "/repos/contoso/app/contents/nothing?ref=main",
      "/repos/contoso/app/contents/acr-task.yaml?ref=other",
      "/repos/contoso/nothing",
      "/repos/contoso/app/actions",
    ])
      assert.equal(await statusOf(path), 404, path);
    assert.equal(await statusOf("/repos/contoso/app", agent), 404);
    assert.equal(await statusOf("/repos/contoso/app", signedIn, "DELETE"), 404);
  });

  it("opens webhooks to the token that may manage them, and a task can be made with no other", async () => {
    const url = "https://github.com/contoso/app.git#main";
    const hooks = "/repos/contoso/app/hooks";
    assert.equal(await statusOf(hooks), 200);
    assert.equal(host.check(url, token), "ok");
    grants.scopes = ["read:user"];
    assert.equal(await statusOf(hooks), 404);
    assert.equal(host.check(url, token), "token refused");
    delete grants.scopes;
    grants.webhooks = false;
    assert.equal(await statusOf(hooks), 403);
    assert.equal(host.check(url, token), "token refused");
    grants.webhooks = true;
    assert.equal(await statusOf(hooks), 200);
    assert.equal(host.check(url, token), "ok");
  });
});
