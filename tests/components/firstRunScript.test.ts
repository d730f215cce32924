// Does not prove that ACR answers so: the requests and answers are those of az-cli's wire, which the local Azure serves too.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import type { OutgoingHttpHeaders } from "node:http";
import { join } from "node:path";
import { openFakeAzure, subscriptionId, type FakeAzure } from "../local/pulumi/fixtures/fakeAzure";

const folder = join(__dirname, "../../components/parts/azure");
const registryId = `/subscriptions/${subscriptionId}/resourceGroups/contoso-rg/providers/Microsoft.ContainerRegistry/registries/contoso`;
const taskId = `${registryId}/tasks/hello-world`;
const digest = `sha256:${"a".repeat(64)}`;

/** A run as the service plays it. */
interface Played {
  /** What each look at the log finds; the last one stays. */
  log: string[];
  status: string;
  /** How often the run is asked for before it says its end. */
  late?: number;
  error?: string;
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const dependency = { type: "RunTime", registry: "r", repository: "node", tag: "22", digest };

describe("the script of a first run", function () {
  this.timeout(30_000);
  let azure: FakeAzure;
  let scheduled: object[];
  /** What getTask says, look by look; the last one stays. */
  let watched: object[][];
  let tagAt: string | undefined;
  let promoted: string;

  before(async () => {
    azure = await openFakeAzure();
  });
  beforeEach(() => {
    watched = [[dependency]];
    tagAt = digest;
    promoted = digest;
  });
  after(() => azure.close());

  function play(...runs: Played[]): void {
    scheduled = [];
    const looks = runs.map(() => ({ log: 0, run: 0 }));
    const next = <T>(list: T[]): T => (list.length > 1 ? list.shift() : list[0]) as T;
    azure.intercept = ({ method, url, body, headers }) => {
      const { hostname, pathname } = new URL(url);
      if (pathname.endsWith("/scheduleRun")) {
        scheduled.push(body);
        const runId = `ca${scheduled.length}`;
        const id = `${registryId}/runs/${runId}`;
        return { status: 200, body: { id, name: runId, properties: { runId, status: "Queued" } } };
      }
      const [, number] = /\/(?:runs|logs)\/ca(\d)/.exec(pathname) ?? [];
      const index = Number(number) - 1;
      const [run, look] = [runs[index], looks[index]];
      if (pathname.endsWith("/listLogSasUrl"))
        return {
          status: 200,
          body: { logLink: `https://logs.blob.core.windows.net/logs/ca${number}?sig=x` },
        };
      if (hostname.endsWith(".blob.core.windows.net") && run && look) {
        const text = run.log[Math.min(look.log, run.log.length - 1)] ?? "";
        if (method === "HEAD") {
          const complete = look.log >= run.log.length - 1;
          // Nothing will be read of it, so this was the look.
          if (text === "") look.log++;
          return {
            status: text === "" && !complete ? 404 : 200,
            headers: {
              "content-length": Buffer.byteLength(text),
              ...(complete ? { "x-ms-meta-complete": "done" } : {}),
            },
          };
        }
        const [first = 0] = (/\d+/.exec(String(headers["x-ms-range"])) ?? []).map(Number);
        look.log++;
        return { status: 206, body: Buffer.from(text).subarray(first).toString() };
      }
      if (run && look && pathname.includes("/runs/")) {
        const over = look.run++ >= (run.late ?? 0);
        const properties = {
          runId: `ca${number}`,
          status: over ? run.status : "Running",
          runErrorMessage: run.error,
          createTime: "2026-02-02T00:00:00Z",
          outputImages: [
            { registry: "contoso.azurecr.io", repository: "hello-world", tag: "ca1", digest },
          ],
        };
        return { status: 200, body: { id: pathname, properties } };
      }
      if (pathname.endsWith("/tasks/hello-world"))
        return {
          status: 200,
          body: {
            id: pathname,
            properties: {
              step: { type: "FileTask", taskFilePath: "f", baseImageDependencies: next(watched) },
              trigger: {
                baseImageTrigger: { name: "b", status: "Enabled", baseImageTriggerType: "Runtime" },
              },
            },
          },
        };
      return hostname === "contoso.azurecr.io" ? inRegistry(pathname) : undefined;
    };
  }

  /** What the run takes the tag back to: the one promotion that there is. */
  const search = JSON.stringify({
    LOGIN_SERVER: "contoso.azurecr.io",
    REPOSITORY: "node",
    TAG: "22",
    STABLE_TAGS: "22",
    PIN: "gc1",
    REJECT: "",
  });

  function inRegistry(pathname: string): {
    status: number;
    headers?: OutgoingHttpHeaders;
    body?: Record<string, unknown>;
  } {
    if (pathname === "/oauth2/exchange")
      return { status: 200, body: { refresh_token: "e30.e30.x" } };
    if (pathname === "/oauth2/token") return { status: 200, body: { access_token: "e30.e30.x" } };
    if (pathname.endsWith("/_manifests")) {
      const manifest = { digest: promoted, tags: ["22-gc1"] };
      const body = { registry: "contoso.azurecr.io", imageName: "node", manifests: [manifest] };
      return { status: 200, body };
    }
    if (!tagAt) return { status: 404, body: { errors: [{ code: "MANIFEST_UNKNOWN" }] } };
    const moment = "2026-01-01T00:00:00Z";
    if (pathname.endsWith("/hello-world"))
      return {
        status: 200,
        body: {
          registry: "contoso.azurecr.io",
          imageName: "hello-world",
          createdTime: moment,
          lastUpdateTime: moment,
          manifestCount: 1,
          tagCount: 1,
          changeableAttributes: {},
        },
      };
    const tag = { name: "22", digest: tagAt, createdTime: moment, lastUpdateTime: moment };
    return { status: 200, body: { registry: "contoso.azurecr.io", imageName: "node", tag } };
  }

  function run(variables: Record<string, string> = {}): Promise<Ended> {
    const env = {
      PATH: process.env["PATH"],
      NODE_V8_COVERAGE: process.env["NODE_V8_COVERAGE"],
      ...azure.environment,
      TASK_ID: taskId,
      DEFINITION: "d1",
      IDENTITY: "p1",
      PAUSE_SECONDS: "0.1",
      ARMING_SECONDS: "2",
      ...variables,
    };
    return new Promise((resolve) => {
      execFile(process.execPath, ["firstRun.cjs"], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  }

  it("shows the log as it comes, in whole lines, and says what the run made", async () => {
    play({ log: ["", "one\r\ntw", "one\r\ntwo ä\r\nthree"], status: "Succeeded", late: 1 });
    const { code, stdout, stderr } = await run();
    assert.equal(stderr, "one\ntwo ä\nthree");
    const { reason, ...said } = JSON.parse(stdout) as Record<string, unknown>;
    assert.match(String(reason), /^[0-9a-f]{16}$/);
    assert.deepEqual(said, {
      run: "ca1",
      status: "Succeeded",
      images: [`contoso.azurecr.io/hello-world:ca1@${digest}`],
    });
    assert.equal(code, 0);
    assert.deepEqual(scheduled, [
      { type: "TaskRunRequest", taskId, overrideTaskStepProperties: { values: [] } },
    ]);
  });

  it("takes the tag back to the promotion that there is now, whatever was there when it was asked for", async () => {
    play({ log: ["x\n"], status: "Succeeded" });
    const { code, stderr } = await run({ MAKES: "node:22", RESTORE: search });
    assert.equal(code, 0, stderr);
    assert.deepEqual(scheduled, [
      {
        type: "TaskRunRequest",
        taskId,
        overrideTaskStepProperties: { values: [{ name: "RESTORE", value: "22-gc1" }] },
      },
    ]);
  });

  for (const status of ["Failed", "Canceled", "Error", "Timeout"])
    it(`fails with the run's id, and tells its log once, when it ended as ${status}`, async () => {
      play({ log: ["FAULT: the colour is Red\r\n"], status, error: "failed during run" });
      const { code, stdout, stderr } = await run();
      assert.equal(
        stderr,
        `FAULT: the colour is Red\nTask hello-world: run ca1 ended as ${status}: failed during run; its log: az acr task logs --registry contoso --run-id ca1; mend the cause, then run: pulumi up\n`,
      );
      assert.equal(stdout, "");
      assert.equal(code, 1);
      assert.equal(scheduled.length, 1);
    });

  for (const refusal of [
    'StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="Forbidden"',
    "failed to fetch: timeout in fetching secrets",
    "ERROR: (AuthorizationFailed) The client 'x' does not have authorization",
    "No access was configured for the managed identity, hence no subscriptions were found.",
  ])
    it(`tries again, and says why, while a right does not work yet: ${refusal.slice(0, 40)}`, async () => {
      play(
        { log: [`${refusal}\n`], status: "Failed" },
        { log: ["now it does\n"], status: "Succeeded" },
      );
      const { code, stdout, stderr } = await run();
      assert.match(stderr, /run ca1 ended as Failed, as its identity may not do yet/);
      assert.match(stderr, /the task is run again, for up to 10 minutes\.\nnow it does\n$/);
      assert.equal((JSON.parse(stdout) as { run: string }).run, "ca2");
      assert.equal(code, 0);
    });

  it("waits until Azure tells what the task watches", async () => {
    watched = [[], [{ ...dependency, type: "BuildTime" }], [dependency]];
    play({ log: ["x\n"], status: "Succeeded" });
    assert.equal((await run()).code, 0);
  });

  it("fails by name when the task watches nothing: a new base image would never reach the app", async () => {
    watched = [[]];
    play({ log: ["x\n"], status: "Succeeded" });
    const { code, stderr } = await run();
    assert.match(
      stderr,
      /Task hello-world: run ca1 did not arm its base image trigger: it built on no image; its task file needs a build step\n$/,
    );
    assert.equal(code, 1);
  });

  it("fails by name when the run made no image of the promised tag", async () => {
    tagAt = undefined;
    play({ log: ["x\n"], status: "Succeeded" });
    const { code, stderr } = await run({ MAKES: "node:22" });
    assert.match(
      stderr,
      /run ca1 succeeded, but made no contoso\.azurecr\.io\/node:22; its log: az/,
    );
    assert.equal(code, 1);
  });

  it("fails by name when the run pushed nothing, although there is an image from before", async () => {
    play({ log: ["x\n"], status: "Succeeded" });
    const { code, stderr } = await run({ MAKES: "hello-world" });
    assert.match(
      stderr,
      /run ca1 succeeded, but pushed nothing to contoso\.azurecr\.io\/hello-world; its log: az/,
    );
    assert.equal(code, 1);
  });

  it("fails by name when the tag is not where a pin or a rejection wants it", async () => {
    play({ log: ["x\n"], status: "Succeeded" });
    const other = `sha256:${"b".repeat(64)}`;
    promoted = other;
    const { code, stderr } = await run({ MAKES: "node:22", RESTORE: search });
    assert.ok(
      stderr.includes(
        `succeeded, but left contoso.azurecr.io/node:22 at ${digest}, where the settings want ${other};`,
      ),
      stderr,
    );
    assert.equal(code, 1);
    assert.equal(scheduled.length, 1);
  });

  it("runs nothing when only the sign-in changed, and again for each reason there is", async () => {
    play({ log: ["x\n"], status: "Succeeded" });
    const { stdout } = await run();
    azure.intercept = () => assert.fail("nothing may be asked");
    const again = await run({ PULUMI_COMMAND_STDOUT: stdout });
    assert.deepEqual(again, { code: 0, stdout, stderr: "" });
    const changes: Record<string, string>[] = [
      { DEFINITION: "d2" },
      { IDENTITY: "p2" },
      { AGAIN_ON: "[]" },
      { RESTORE: search },
    ];
    for (const change of changes) {
      play({ log: ["x\n"], status: "Succeeded" });
      await run({ PULUMI_COMMAND_STDOUT: stdout, ...change });
      assert.equal(scheduled.length, 1, Object.keys(change).join());
    }
  });

  it("shows no more of a log than Pulumi can hand on, and says so", async () => {
    play({ log: [`${"0123456789ä€".repeat(20)}\n`.repeat(2000)], status: "Succeeded" });
    const { stderr } = await run();
    assert.ok(Buffer.byteLength(stderr) < 65_000);
    assert.match(stderr, /\n\.\.\. \(the log goes on\)\n$/);
  });

  it("shows nothing that no variable can hold, and cuts what has no end", async () => {
    play({ log: [`a\0b\u0007\r\n${"x".repeat(100_000)}\r\nend\r\n`], status: "Succeeded" });
    const { stderr, code } = await run();
    assert.equal(stderr, `a?b?\n${"x".repeat(2000)} ...\nend\n`);
    assert.equal(code, 0);
  });
});
