// What is stored and what is told about it, by raw requests; does not prove digests of real builds (clients.test.ts does).
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openContainerRegistries } from "../../../local/registry/containerRegistries";
import { isRunning, markOf } from "../../../local/daemon/processes";
import { startBackend } from "../../../local/registry/backend";
import { openRig, pushImage, sha256, type Answer, type Rig } from "./registryRig";

const scope = "repository:node:* repository:other:* repository:team/app:* registry:catalog:*";

describe("registry/content", () => {
  let rig: Rig;
  let token: string;
  const call = (method: string, path: string, body?: string): Promise<Answer> =>
    rig.call({ method, path, headers: { authorization: `Bearer ${token}` }, body });
  const push = (repository: string, tag: string, content: string): Promise<string> =>
    pushImage(rig, { token, repository, tag, content });

  beforeEach(async () => {
    rig = await openRig();
    rig.addRegistry("contoso");
    for (const role of ["pull/read", "push/write", "artifacts/delete"])
      rig.roles.add(`deployer ${role}`);
    token = await rig.access({ username: "deployer-app", password: "deployer-secret", scope });
  });
  afterEach(() => rig.close());

  it("tells of a tag that changed once, with the digest before and after", async () => {
    const first = await push("node", "22", "one");
    const second = await push("node", "22", "two");
    await push("node", "22", "two");
    const event = { registry: "contoso.azurecr.io", repository: "node", tag: "22" };
    assert.deepEqual(rig.pushes, [
      { ...event, digest: first, previousDigest: undefined },
      { ...event, digest: second, previousDigest: first },
    ]);
  });

  it("tells of every tag by itself, and of none when a manifest is stored without a tag", async () => {
    const digest = await push("node", "22", "one");
    await push("node", "latest", "one");
    await push("node", digest, "one");
    assert.deepEqual(
      rig.pushes.map((event) => event.tag),
      ["22", "latest"],
    );
  });

  it("tells of one change once when the same image is pushed twice at the same time", async () => {
    await Promise.all([push("node", "22", "one"), push("node", "22", "one")]);
    assert.equal(rig.pushes.length, 1);
  });

  it("does not let a listener that fails spoil a push", async () => {
    rig.registries.onPush(() => {
      throw new Error("listener broke");
    });
    await push("node", "22", "one");
    assert.match(rig.log.join("\n"), /listener broke/);
  });

  it("never shows where the content lies: not in locations, lists or errors", async () => {
    await push("team/app", "1", "one");
    const upload = await call("POST", "/v2/team/app/blobs/uploads/");
    assert.match(String(upload.headers["location"]), /^\/v2\/team\/app\/blobs\/uploads\//);
    const absent = await call("GET", "/v2/team/app/manifests/absent");
    assert.equal(absent.status, 404);
    assert.deepEqual((await call("GET", "/v2/team/app/tags/list")).json(), {
      name: "team/app",
      tags: ["1"],
    });
    const unknown = await call("GET", `/v2/other/blobs/sha256:${sha256("x")}`);
    assert.equal(unknown.status, 404);
    for (const { body } of [absent, unknown]) assert.doesNotMatch(body, /contoso\//);
  });

  it("reuses a layer of another repository only with the right to pull it", async () => {
    await push("node", "22", "one");
    const mount = (from: string): string =>
      `/v2/team/app/blobs/uploads/?mount=sha256:${sha256("one")}&from=${from}`;
    assert.equal((await call("POST", mount("node"))).status, 201);
    assert.equal((await call("POST", mount("secret"))).status, 202);
  });

  it("cuts long lists into pages that link to each other", async () => {
    for (const tag of ["a", "b", "c"]) await push("node", tag, "one");
    const first = await call("GET", "/v2/node/tags/list?n=2");
    assert.deepEqual(first.json()["tags"], ["a", "b"]);
    const [, next = ""] = /^<(.+)>; rel="next"$/.exec(String(first.headers["link"])) ?? [];
    const second = await call("GET", next);
    assert.deepEqual(second.json()["tags"], ["c"]);
    assert.equal(second.headers["link"], undefined);
    assert.equal((await call("GET", "/v2/_catalog?n=0")).status, 400);
  });

  it("describes tags and manifests with what is stored", async () => {
    const digest = await push("node", "22", "one");
    const { tags } = (await call("GET", "/acr/v1/node/_tags")).json() as {
      tags: Record<string, unknown>[];
    };
    assert.equal(tags[0]?.["digest"], digest);
    assert.ok(Math.abs(Date.parse(String(tags[0]?.["createdTime"])) - Date.now()) < 60_000);
    const { manifests } = (await call("GET", "/acr/v1/node/_manifests")).json() as {
      manifests: Record<string, unknown>[];
    };
    const { architecture, os, imageSize } = manifests[0] ?? {};
    const config = JSON.stringify({ architecture: "amd64", os: "linux", note: "one" });
    assert.deepEqual([architecture, os, imageSize], ["amd64", "linux", config.length + 3]);
    assert.equal((await call("GET", "/acr/v1/node")).json()["manifestCount"], 1);
    assert.equal((await call("GET", "/acr/v1/other")).status, 404);
  });

  it("lists the tags of one digest where it is asked for", async () => {
    const digest = await push("node", "22", "one");
    await push("node", "20", "two");
    const { tags } = (await call("GET", `/acr/v1/node/_tags?digest=${digest}`)).json() as {
      tags: { name: string }[];
    };
    assert.deepEqual(
      tags.map(({ name }) => name),
      ["22"],
    );
  });

  it("removes a tag, a manifest, a repository, each without touching more", async () => {
    const digest = await push("node", "22", "one");
    await push("node", "latest", "one");
    await push("other", "1", "two");
    assert.equal((await call("DELETE", "/acr/v1/node/_tags/22")).status, 202);
    assert.deepEqual((await call("GET", "/v2/node/tags/list")).json()["tags"], ["latest"]);
    assert.equal((await call("DELETE", `/v2/node/manifests/${digest}`)).status, 202);
    assert.deepEqual((await call("GET", "/v2/_catalog")).json(), { repositories: ["other"] });
    assert.equal((await call("DELETE", "/acr/v1/other")).status, 202);
    assert.deepEqual((await call("GET", "/v2/_catalog")).json(), { repositories: [] });
  });

  it("forgets a deleted registry's images, so that a new one of that name starts empty", async () => {
    await push("node", "22", "one");
    rig.addRegistry("fabrikam");
    await rig.registries.removeContent("Contoso");
    assert.equal((await call("GET", "/v2/node/manifests/22")).status, 401);
    token = await rig.access({ username: "deployer-app", password: "deployer-secret", scope });
    assert.equal((await call("GET", "/v2/node/manifests/22")).status, 404);
    const digest = await push("node", "22", "one");
    assert.equal(rig.pushes.at(-1)?.previousDigest, undefined);
    assert.equal(await rig.registries.findDigest("contoso.azurecr.io", "node", "22"), digest);
    await assert.rejects(rig.registries.removeContent("../x"), /not a registry name/);
  });

  it("refuses a manifest beyond Azure's limit and a route it does not have", async () => {
    const large = await call("PUT", "/v2/node/manifests/22", "x".repeat(4 * 1024 * 1024 + 1));
    assert.equal(large.status, 413);
    for (const path of [
      "/v2/node/referrers/x",
      "/v1/search",
      "/v2/../node/tags/list",
      "/v2/Node/tags/list",
    ]) {
      assert.equal((await call("GET", path)).status, 404, path);
    }
    assert.equal((await call("PATCH", "/acr/v1/node", "{}")).status, 405);
  });

  it("does not share a state folder with a living local Azure", async () => {
    const folder = join(rig.stateDir, "registry");
    await assert.rejects(startBackend({ folder, log: () => undefined }), /in use by process \d+/);
  });

  it("leaves no process and no lock behind, and keeps images, when it stops", async () => {
    const digest = await push("node", "22", "one");
    const folder = join(rig.stateDir, "registry");
    const { backend } = JSON.parse(readFileSync(join(folder, "backend.json"), "utf8")) as {
      backend: { pid: number };
    };
    await rig.registries.service.stop();
    assert.ok(!existsSync(`/proc/${backend.pid}`));
    assert.ok(!existsSync(join(folder, "backend.json")));
    const again = await openContainerRegistries({
      stateDir: rig.stateDir,
      resources: rig.resources,
      directory: {} as never,
      authorizer: { can: () => false },
      dockerHubLogin: { username: "u", password: "p" },
      log: () => undefined,
    });
    assert.equal(await again.findDigest("contoso.azurecr.io", "node", "22"), digest);
    await again.service.stop();
  });

  it("dies with a local Azure that crashed", async () => {
    const folder = join(rig.stateDir, "crashed");
    const script = `require("./local/registry/backend").startBackend({
      folder: ${JSON.stringify(folder)}, log() {} }).then(() => console.log("up"))`;
    const owner = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", "-e", script]);
    await once(owner.stdout, "data");
    const { backend } = JSON.parse(readFileSync(join(folder, "backend.json"), "utf8")) as {
      backend: { pid: number };
    };
    const running = markOf(backend.pid);
    assert.ok(isRunning(running));
    owner.kill("SIGKILL");
    for (const end = Date.now() + 5000; Date.now() < end && isRunning(running);) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.ok(!isRunning(running));
    await (await startBackend({ folder, log: () => undefined })).stop();
  });

  it("frees the space of removed images when it stops", async () => {
    await push("node", "22", "one");
    const hex = sha256("one");
    const blob = join(
      rig.stateDir,
      "registry/docker/registry/v2/blobs/sha256",
      hex.slice(0, 2),
      hex,
      "data",
    );
    assert.ok(existsSync(blob));
    await rig.registries.removeContent("contoso");
    await rig.registries.service.stop();
    assert.ok(!existsSync(blob));
  });
});
