// Who may do what, by raw requests on plain HTTP; does not prove that real clients cope (clients.test.ts does).
import assert from "node:assert/strict";
import { hubLogin, openRig, pushImage, type Answer, type Rig } from "./registryRig";

const pullAll = "_repositories_pull";

describe("registry/access", () => {
  let rig: Rig;
  let digest: string;
  const get = (token: string, path: string, method = "GET"): Promise<Answer> =>
    rig.call({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        accept: "application/vnd.oci.image.manifest.v1+json",
      },
    });
  const post = (path: string, fields: Record<string, string>, host?: string): Promise<Answer> =>
    rig.call({
      host,
      method: "POST",
      path,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: String(new URLSearchParams(fields)),
    });
  /** The access token of an Entra principal, as az gets it. */
  const entra = async (objectId: string, scope: string): Promise<string> => {
    const accessToken = `entra-${objectId}`;
    const exchanged = await post("/oauth2/exchange", {
      grant_type: "access_token",
      access_token: accessToken,
    });
    assert.equal(exchanged.status, 200, exchanged.body);
    const refresh_token = String(exchanged.json()["refresh_token"]);
    const answer = await post("/oauth2/token", {
      grant_type: "refresh_token",
      refresh_token,
      scope,
    });
    assert.equal(answer.status, 200, answer.body);
    return String(answer.json()["access_token"]);
  };

  before(async () => {
    rig = await openRig();
    rig.addRegistry("Contoso");
    rig.addRegistry("fabrikam");
    const run = rig.registries.openRunLogin("contoso.azurecr.io");
    const token = await rig.access({
      ...run,
      scope: "repository:node:pull,push repository:team/app:pull,push",
    });
    digest = await pushImage(rig, { token, repository: "node", tag: "22", content: "one" });
    await pushImage(rig, { token, repository: "team/app", tag: "1", content: "app" });
    run.revoke();
  });
  after(() => rig.close());

  it("does not pretend that a registry exists before it was created", async () => {
    const answer = await rig.call({ host: "absent.azurecr.io", path: "/v2/" });
    assert.equal(answer.status, 404);
    assert.match(answer.body, /absent\.azurecr\.io/);
  });

  it("challenges a stranger with a header that az can split at blanks", async () => {
    const { status, headers, body } = await rig.call({ path: "/v2/" });
    assert.equal(status, 401);
    assert.equal(
      headers["www-authenticate"],
      'Bearer realm="https://contoso.azurecr.io/oauth2/token",service="contoso.azurecr.io"',
    );
    assert.match(body, /"code":"UNAUTHORIZED","message":"authentication required/);
  });

  it("lets a pull token read every repository and write none", async () => {
    rig.addToken({ registry: "Contoso", name: "reader", password: "reader-pw", scopeMap: pullAll });
    const token = await rig.access({
      username: "reader",
      password: "reader-pw",
      scope: "repository:node:pull,push,delete",
    });
    const manifest = await get(token, "/v2/node/manifests/22");
    assert.equal(manifest.headers["docker-content-digest"], digest);
    const upload = await get(token, "/v2/node/blobs/uploads/", "POST");
    assert.equal(upload.status, 401);
    assert.match(
      String(upload.headers["www-authenticate"]),
      /scope="repository:node:pull,push",error="insufficient_scope"$/,
    );
    assert.equal((await get(token, "/v2/node/manifests/22", "PUT")).status, 401);
    assert.equal((await get(token, `/v2/node/manifests/${digest}`, "DELETE")).status, 401);
    assert.equal((await get(token, "/acr/v1/node/_tags/22", "DELETE")).status, 401);
    assert.equal((await get(token, "/acr/v1/node/_tags")).status, 401);
    assert.equal((await get(token, "/v2/_catalog")).status, 401);
  });

  it("refuses a pull outside a token's scope map, whatever the client asks for", async () => {
    rig.addToken({
      registry: "Contoso",
      name: "teamreader",
      password: "team-pw",
      scopeMap: ["repositories/team/*/content/read", "repositories/node/metadata/read"],
    });
    const token = await rig.access({
      username: "teamreader",
      password: "team-pw",
      scope: "repository:node:* repository:team/app:pull",
    });
    assert.equal((await get(token, "/v2/team/app/manifests/1")).status, 200);
    const refused = await get(token, "/v2/node/manifests/22");
    assert.equal(refused.status, 401);
    assert.match(refused.body, /"Name":"node","Action":"pull"/);
    assert.equal((await get(token, "/acr/v1/node/_tags")).status, 200);
  });

  it("holds an access token to the scope it was issued for", async () => {
    const token = await rig.access({
      username: "reader",
      password: "reader-pw",
      scope: "repository:node:pull",
    });
    assert.equal((await get(token, "/v2/node/manifests/22")).status, 200);
    assert.equal((await get(token, "/v2/team/app/manifests/1")).status, 401);
  });

  it("turns a wrong, expired or disabled password away with 401", async () => {
    const common = { registry: "Contoso", password: "old-pw", scopeMap: pullAll };
    rig.addToken({ ...common, name: "expired", expiry: "2020-01-01T00:00:00Z" });
    rig.addToken({ ...common, name: "disabled", status: "disabled" });
    for (const username of ["expired", "disabled", "absent", "..", "reader"]) {
      await assert.rejects(
        rig.access({ username, password: "old-pw" }),
        /^Error: 401 .*UNAUTHORIZED/,
        username,
      );
    }
    rig.addToken({ ...common, name: "expiring", expiry: "2999-01-01T00:00:00Z" });
    assert.ok(await rig.access({ username: "expiring", password: "old-pw" }));
  });

  it("cuts off a token's sessions when the token is disabled", async () => {
    const options = {
      registry: "Contoso",
      name: "leaver",
      password: "leaver-pw",
      scopeMap: pullAll,
    };
    rig.addToken(options);
    const token = await rig.access({
      username: "leaver",
      password: "leaver-pw",
      scope: "repository:node:pull",
    });
    assert.equal((await get(token, "/v2/node/manifests/22")).status, 200);
    rig.addToken({ ...options, status: "disabled" });
    const answer = await get(token, "/v2/node/manifests/22");
    assert.equal(answer.status, 401);
    assert.match(String(answer.headers["www-authenticate"]), /error="invalid_token"/);
  });

  it("does not take one registry's credentials or tokens at another", async () => {
    const token = await rig.access({
      username: "reader",
      password: "reader-pw",
      scope: "repository:node:pull",
    });
    const answer = await rig.call({
      host: "fabrikam.azurecr.io",
      path: "/v2/node/manifests/22",
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 401);
    const login = { username: "reader", password: "reader-pw", host: "fabrikam.azurecr.io" };
    await assert.rejects(rig.access(login), /401/);
  });

  it("ends a run's login, and all made from it, when the run is over", async () => {
    const run = rig.registries.openRunLogin("contoso.azurecr.io");
    const token = await rig.access({ ...run, scope: "repository:node:pull" });
    assert.equal((await get(token, "/v2/node/manifests/22")).status, 200);
    run.revoke();
    assert.equal((await get(token, "/v2/node/manifests/22")).status, 401);
    await assert.rejects(rig.access(run), /401/);
  });

  it("lets access tokens run out", async () => {
    const token = await rig.access({
      username: "reader",
      password: "reader-pw",
      scope: "repository:node:pull",
    });
    rig.clock.offset = 76 * 60_000;
    assert.equal((await get(token, "/v2/node/manifests/22")).status, 401);
    rig.clock.offset = 0;
  });

  it("gives an Entra principal what its roles allow and nothing more", async () => {
    rig.roles.add("puller pull/read");
    const scope = "repository:node:pull,push,delete,metadata_read registry:catalog:*";
    const puller = await entra("puller", scope);
    assert.equal((await get(puller, "/v2/node/manifests/22")).status, 200);
    assert.equal((await get(puller, "/v2/node/blobs/uploads/", "POST")).status, 401);
    assert.equal((await get(puller, "/acr/v1/node/_tags")).status, 200);
    assert.deepEqual((await get(puller, "/v2/_catalog")).json(), {
      repositories: ["node", "team/app"],
    });
    const nobody = await entra("nobody", scope);
    assert.equal((await get(nobody, "/v2/node/manifests/22")).status, 401);
    assert.equal((await get(nobody, "/v2/_catalog")).status, 401);
  });

  it("takes a resource manager's token in exchange too, but no forged one", async () => {
    const exchange = (access_token: string): Promise<Answer> =>
      post("/oauth2/exchange", { grant_type: "access_token", access_token });
    assert.equal((await exchange("entra-puller-arm")).status, 200);
    assert.equal((await exchange("forged")).status, 401);
    assert.equal((await post("/oauth2/exchange", { grant_type: "other" })).status, 400);
  });

  it("serves the simulated Docker Hub to everybody for pulls, and refuses pushes by name", async () => {
    const seeder = rig.registries.openHubLogin();
    const scope = "repository:library/node:pull,push";
    const token = await rig.access({ ...seeder, scope, host: "docker.io" });
    const host = "registry-1.docker.io";
    const seeded = await pushImage(rig, {
      token,
      repository: "library/node",
      tag: "22",
      content: "up",
      host,
    });
    seeder.revoke();
    assert.equal(await rig.registries.findDigest("docker.io", "library/node", "22"), seeded);

    const challenge = await rig.call({ host, path: "/v2/" });
    assert.equal(
      challenge.headers["www-authenticate"],
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
    );
    const anonymous = await rig.call({ host: "auth.docker.io", path: `/token?scope=${scope}` });
    const headers = {
      authorization: `Bearer ${String(anonymous.json()["token"])}`,
      accept: "application/vnd.oci.image.manifest.v1+json",
    };
    const manifest = await rig.call({
      host,
      path: `/v2/library/node/manifests/${seeded}`,
      headers,
    });
    assert.equal(manifest.status, 200);
    const push = await rig.call({
      host,
      method: "POST",
      path: "/v2/library/node/blobs/uploads/",
      headers,
    });
    assert.equal(push.status, 403);
    assert.match(push.body, /docker\.io\/library\/node: the simulated Docker Hub takes no pushes/);
  });

  it("checks Docker Hub credentials where they are given", async () => {
    assert.ok(await rig.access({ ...hubLogin, host: "docker.io" }));
    await assert.rejects(rig.access({ ...hubLogin, password: "no", host: "docker.io" }), /401/);
  });

  it("keeps passwords and tokens out of the log", () => {
    assert.doesNotMatch(rig.log.join("\n"), /-pw|password|Bearer/);
  });
});
