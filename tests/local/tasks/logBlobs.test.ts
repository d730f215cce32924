// Does not prove that az prints the log: the requests are those that azure-cli 2.91 sends, made by hand.
import assert from "node:assert/strict";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { untilKilled } from "./support/fakeContainers";
import { openRig, registryId, taskId, until, type Rig } from "./support/rig";

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

describe("the blob of a run's log", () => {
  let rig: Rig;
  let port: number;
  const server = createServer((request, response) => rig.runs.service.handle(request, response));

  before((done) => void server.listen(0, "127.0.0.1", done));
  after(() => void server.close());
  beforeEach(async () => {
    port = (server.address() as AddressInfo).port;
    rig = await openRig();
    rig.putTask();
    rig.git.commit({ "acr-task.yaml": "steps:\n  - {id: hold, cmd: a}\n" });
  });
  afterEach(() => rig.close());

  const ask = (url: string, method: string, headers: object = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { host, pathname, search } = new URL(url);
      const path = pathname + search;
      const options = { host: "127.0.0.1", port, method, path, headers: { host, ...headers } };
      const request = httpRequest(options, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      request.once("error", reject).end();
    });

  it("grows while the run goes on and says at its end how the run ended", async () => {
    rig.containers.answer = async (call, options) => {
      if (call.kind !== "run") return 0;
      options?.output(Buffer.from("still at it\n"));
      await untilKilled(options);
      return 1;
    };
    const { runId } = rig.runs.schedule({ taskId });
    const url = rig.runs.logUrl(registryId, runId);
    const atOnce = await ask(url, "HEAD");
    assert.equal(atOnce.status, 200, "az waits a second when the blob is not there");
    assert.equal(atOnce.headers["x-ms-meta-complete"], undefined);
    await until(() => rig.log(runId).includes("still at it"), "the step has said something");
    const { length } = rig.log(runId);
    const part = await ask(url, "GET", { "x-ms-range": "bytes=0-9" });
    assert.equal(part.status, 206);
    assert.equal(part.headers["content-range"], `bytes 0-9/${length}`);
    assert.equal(part.text, rig.log(runId).slice(0, 10));
    const rest = await ask(url, "GET", { "x-ms-range": "bytes=10-4095" });
    assert.equal(rest.headers["content-range"], `bytes 10-${length - 1}/${length}`);
    assert.equal((await ask(url, "GET", { "x-ms-range": `bytes=${length}-` })).status, 416);
    await rig.runs.cancel(registryId, runId);
    const { headers } = await ask(url, "HEAD");
    assert.equal(headers["x-ms-meta-complete"], "canceled");
    assert.equal(headers["content-length"], String(rig.log(runId).length));
    assert.equal((await ask(url, "GET")).text, rig.log(runId));
  });

  for (const [exit, word] of [
    [0, "successful"],
    [1, "failed"],
  ] as const) {
    it(`calls a run with exit status ${exit} ${word}`, async () => {
      rig.containers.answer = (call) => (call.kind === "run" ? exit : 0);
      const { runId } = await rig.run();
      const { headers } = await ask(rig.runs.logUrl(registryId, runId), "HEAD");
      assert.equal(headers["x-ms-meta-complete"], word);
    });
  }

  it("is closed to those who were not given its address", async () => {
    const { runId } = await rig.run();
    const url = new URL(rig.runs.logUrl(registryId, runId));
    const variants = ["sig", "se", "sp"].map((name) => {
      const changed = new URL(url);
      changed.searchParams.set(name, name === "se" ? "2999-01-01T00:00:00Z" : "rw");
      return changed.href;
    });
    for (const each of [...variants, url.href.split("?")[0] ?? ""]) {
      const { status, headers } = await ask(each, "GET");
      assert.equal(status, 403);
      assert.equal(headers["x-ms-error-code"], "AuthenticationFailed");
    }
    assert.equal((await ask(url.href, "DELETE")).status, 405);
  });

  it("answers 404 in storage's own words for all other blobs", async () => {
    for (const url of [
      "https://azcliprod.blob.core.windows.net/cli",
      "https://localtasklogs.blob.core.windows.net/logs/contoso/../x",
    ]) {
      const { status, headers } = await ask(url, "HEAD");
      assert.equal(status, 404);
      assert.equal(headers["x-ms-error-code"], "ResourceNotFound");
    }
    const gone = rig.runs.logUrl(registryId, "zz9");
    assert.equal((await ask(gone, "HEAD")).headers["x-ms-error-code"], "BlobNotFound");
  });
});
