// Does not prove that the real local Azure starts: an empty one stands in for it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlClient, NotRunning } from "../../../local/daemon/controlClient";
import { daemonPlaces } from "../../../local/daemon/places";
import { isRunning, markOf, memoryOf, processesOf } from "../../../local/daemon/processes";
import { ensureDaemon } from "../../../local/daemon/spawn";
import { waitFor } from "../../../local/demo/waiting";

const signal = new AbortController().signal;

describe("daemon", () => {
  let folder: string;
  let stateDir: string;
  let entry: string;
  const story = (): string => {
    const path = join(stateDir, "story");
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  };
  const start = (stop?: AbortSignal): Promise<boolean> =>
    ensureDaemon({ stateDir, entry, ...(stop ? { signal: stop } : {}) });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "daemon-"));
    stateDir = join(folder, "state");
    mkdirSync(stateDir);
    entry = join(folder, "entry.js");
    const tsNode = createRequire(__filename).resolve("ts-node/register/transpile-only");
    writeFileSync(
      entry,
      `require(${JSON.stringify(tsNode)}); require(${JSON.stringify(join(__dirname, "fakeDaemon.ts"))});`,
    );
    process.env["GATED_IMPORTS_PULUMI"] = "/pulumi";
    process.env["GATED_IMPORTS_AZ"] = "/az";
  });
  const tools = { ...process.env };
  afterEach(async () => {
    rmSync(join(stateDir, "slow"), { force: true });
    await controlClient(stateDir).stop();
    rmSync(folder, { recursive: true, force: true });
    const set = ["PULUMI", "AZ", "ROLE_DELAY", "NODE_TAGS"].map((name) => `GATED_IMPORTS_${name}`);
    for (const name of set) {
      if (tools[name] === undefined) delete process.env[name];
      else process.env[name] = tools[name];
    }
  });

  it("starts once per state folder, answers its owner alone, and stops cleanly", async () => {
    assert.equal(await start(), true);
    assert.equal(await start(), false);
    assert.equal(story(), "starting up ");
    const control = controlClient(stateDir);
    const status = await control.status();
    assert.deepEqual(status.services, [{ name: "front door", hosts: ["example.test"] }]);
    assert.equal(statSync(daemonPlaces(stateDir).socket).mode & 0o777, 0o600);
    assert.equal(statSync(stateDir).mode & 0o777, 0o700);
    assert.equal((await control.settings()).stackSecrets["gated-imports:gitToken"], "secret");
    assert.equal(await control.digest("r.azurecr.io/a/b:1"), "r.azurecr.io|a/b|1");
    const daemon = markOf(status.pid);
    assert.equal(await control.stop(), true);
    assert.ok(!isRunning(daemon));
    assert.equal(story(), "starting up stopped ");
    assert.equal(await control.stop(), false);
  });

  it("says in one line why it did not start, and where its log is", async () => {
    writeFileSync(join(stateDir, "broken"), "");
    await assert.rejects(start(), {
      message: `the local Azure did not start: port 80 is taken (log: ${join(stateDir, "daemon.log")})`,
    });
    rmSync(join(stateDir, "broken"));
    assert.equal(await start(), true);
  });

  it("delays roles and offers node images as the environment says, and names what it cannot read", async () => {
    const refusal = (words: string): { message: string } => ({
      message: `the local Azure did not start: ${words} (log: ${join(stateDir, "daemon.log")})`,
    });
    process.env["GATED_IMPORTS_ROLE_DELAY"] = "soon";
    const seconds = "give it a number of seconds, such as 60, or unset it";
    await assert.rejects(start(), refusal(`GATED_IMPORTS_ROLE_DELAY is "soon"; ${seconds}`));
    process.env["GATED_IMPORTS_ROLE_DELAY"] = "7.5";
    process.env["GATED_IMPORTS_NODE_TAGS"] = "15-alpine node:24";
    const tags = 'name tags of library/node, such as "22-alpine 24-alpine"';
    await assert.rejects(
      start(),
      refusal(`GATED_IMPORTS_NODE_TAGS names "node:24", which is no tag; ${tags}`),
    );
    process.env["GATED_IMPORTS_NODE_TAGS"] = "15-alpine  24";
    await start();
    const { environment } = await controlClient(stateDir).settings();
    assert.deepEqual(
      [environment["ROLE_DELAY"], environment["NODE_TAGS"]],
      ["7.5", "15-alpine,24"],
    );
  });

  it("starts again after it was killed, over the socket that was left", async () => {
    await start();
    const daemon = markOf((await controlClient(stateDir).status()).pid);
    process.kill(daemon.pid, "SIGKILL");
    await waitFor(() => (isRunning(daemon) ? undefined : true), {
      what: "its end",
      limit: 5000,
      signal,
    });
    await assert.rejects(controlClient(stateDir).status(), NotRunning);
    assert.equal(await start(), true);
  });

  it("is stopped by SIGTERM as by a request", async () => {
    await start();
    const daemon = markOf((await controlClient(stateDir).status()).pid);
    process.kill(daemon.pid, "SIGTERM");
    await waitFor(() => (isRunning(daemon) ? undefined : true), {
      what: "its end",
      limit: 5000,
      signal,
    });
    assert.match(story(), /stopped $/);
  });

  it("leaves nothing running when Ctrl-C comes while it starts", async () => {
    writeFileSync(join(stateDir, "slow"), "");
    const stop = new AbortController();
    const starting = start(stop.signal);
    await waitFor(() => (story() ? true : undefined), { what: "the start", limit: 10_000, signal });
    stop.abort(new Error("stopped by hand"));
    rmSync(join(stateDir, "slow"));
    await assert.rejects(starting, { message: "stopped by hand" });
    assert.equal(story(), "starting up stopped ");
    await assert.rejects(controlClient(stateDir).status(), NotRunning);
  });

  it("is reachable in a folder whose path is too long for a socket", async () => {
    stateDir = join(folder, "a-long-name".repeat(10));
    mkdirSync(stateDir);
    assert.ok(!daemonPlaces(stateDir).socket.startsWith(stateDir));
    assert.equal(await start(), true);
    assert.equal((await controlClient(stateDir).status()).stateDir, stateDir);
  });

  it("refuses what the control socket does not do, by name", async () => {
    await start();
    await assert.rejects(
      controlClient(stateDir).digest("no-tag"),
      /no-tag is not of the form registry\/repository:tag/,
    );
  });

  it("counts the memory of what the daemon started, also under another name", async () => {
    const child = spawn("sleep", ["60"]);
    try {
      const mine = processesOf(process.pid, stateDir);
      assert.ok(child.pid !== undefined && mine.includes(child.pid));
      const [largest] = memoryOf(mine);
      assert.ok(largest && largest.bytes > 1_000_000);
    } finally {
      child.kill();
    }
  });
});
