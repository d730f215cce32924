// Does not prove that steps run in containers: the container host is a fake that records what it is asked for.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Output } from "../../../local/contracts/containers";
import { untilKilled } from "./support/fakeContainers";
import { openRig, registryId, taskId, until, type Rig } from "./support/rig";

const gate = `version: v1.1.0
steps:
  - id: build-test
    build: --build-arg FROM={{.Values.FROM}} -f ./Dockerfile -t {{.Run.Registry}}/node-import:test .
  - id: validate
    cmd: "{{.Run.Registry}}/node-import:test"
  - id: push
    when: [validate]
    push: ["{{.Run.Registry}}/node:{{.Run.ID}}"]
`;
const dockerfile = "ARG FROM=public.azurecr.io/\nFROM ${FROM}node:22-alpine\n";
const say = (output: Output | undefined, text: string): void => output?.(Buffer.from(text));

describe("the life of a task run", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
    rig.putTask({ step: { values: [{ name: "FROM", value: "public.azurecr.io/" }] } });
  });
  afterEach(() => rig.close());

  const task = (yaml: string): string => rig.git.commit({ "acr-task.yaml": yaml });

  it("builds, tests and pushes in order, and says what the image stands on", async () => {
    const commit = rig.git.commit({ "acr-task.yaml": gate, Dockerfile: dockerfile });
    rig.containers.digests = {
      "public.azurecr.io/node:22-alpine": "sha256:base",
      [`contoso.azurecr.io/node:${rig.runs.list(registryId).length}`]: "",
    };
    const run = await rig.run();
    assert.equal(run.status, "Succeeded", run.runErrorMessage);
    assert.match(run.runId, /^[a-z]{2}1$/);
    assert.deepEqual(rig.containers.names(), [
      "login contoso.azurecr.io",
      "build",
      "run validate",
      `push contoso.azurecr.io/node:${run.runId}`,
    ]);
    assert.deepEqual(rig.runs.trackedBaseImages(taskId), [
      {
        type: "Runtime",
        registry: "public.azurecr.io",
        repository: "node",
        tag: "22-alpine",
        digest: "sha256:base",
      },
    ]);
    const log = rig.log(run.runId);
    assert.match(log, new RegExp(`  git:\r\n    git-head-revision: ${commit}\r\n`));
    assert.match(log, /- image:\r\n {4}registry: contoso.azurecr.io\r\n/);
    assert.match(
      log,
      /runtime-dependency:\r\n {4}registry: public.azurecr.io\r\n {4}repository: node\r\n/,
    );
    assert.match(log, new RegExp(`Run ID: ${run.runId} was successful after \\d+s\r\n$`));
    assert.equal(/[^\r]\n/.test(log), false, "a bare line feed would stop az from printing");
    assert.equal(rig.containers.open, 0);
    assert.equal(rig.openLogins.size, 0);
    assert.equal(rig.openEndpoints, 0);
  });

  it("tells Azure of the images it built, as the real engine does, and of no image that was only pushed", async () => {
    rig.git.commit({
      "acr-task.yaml":
        "version: v1.1.0\nsteps:\n" +
        "  - build: -t {{.Run.Registry}}/app:1 -t {{.Run.Registry}}/app-test:1 .\n" +
        "  - cmd: docker tag {{.Run.Registry}}/app:1 {{.Run.Registry}}/promoted:1\n" +
        '  - push: ["{{.Run.Registry}}/app:1", "{{.Run.Registry}}/promoted:1"]\n',
      Dockerfile: dockerfile,
    });
    const registry = "contoso.azurecr.io";
    rig.containers.digests = {
      [`${registry}/app:1`]: "sha256:app",
      [`${registry}/app-test:1`]: "sha256:on the agent alone",
      [`${registry}/promoted:1`]: "sha256:app",
    };
    const { outputImages, pushedImages } = await rig.run();
    assert.deepEqual(outputImages, [
      { registry, repository: "app", tag: "1", digest: "sha256:app" },
      { registry, repository: "app-test", tag: "1" },
    ]);
    assert.deepEqual(pushedImages, [
      { registry, repository: "app", tag: "1", digest: "sha256:app" },
      { registry, repository: "promoted", tag: "1", digest: "sha256:app" },
    ]);
  });

  it("pushes nothing when the test of the image fails", async () => {
    rig.git.commit({ "acr-task.yaml": gate, Dockerfile: dockerfile });
    rig.containers.answer = (call) => (call.kind === "run" ? 1 : 0);
    const run = await rig.run();
    assert.equal(run.status, "Failed");
    assert.equal(run.runErrorMessage, 'step "validate" failed: exit status 1');
    assert.equal(
      rig.containers.names().some((name) => name.startsWith("push")),
      false,
    );
    assert.deepEqual(rig.runs.trackedBaseImages(taskId), []);
    assert.match(rig.log(run.runId), /failed after \d+s\. Error: step "validate" failed/);
    assert.equal(rig.containers.open, 0);
  });

  it("names the Dockerfile and the tool's last words when a build fails", async () => {
    rig.git.commit({ "acr-task.yaml": gate, Dockerfile: dockerfile });
    rig.containers.answer = (call, options) => {
      if (call.kind !== "build") return 0;
      say(options?.output, "STEP 3\nno such file: test.sh\n");
      return 125;
    };
    const { runErrorMessage } = await rig.run();
    assert.equal(
      runErrorMessage,
      'step "build-test" failed: build of ./Dockerfile ended with exit status 125: no such file: test.sh',
    );
  });

  it("names a Dockerfile that is not there", async () => {
    task(gate);
    const { status, runErrorMessage = "" } = await rig.run();
    assert.equal(status, "Failed");
    assert.match(runErrorMessage, /step "build-test" failed: Dockerfile Dockerfile cannot be read/);
  });

  it("names the line of a broken task file", async () => {
    task("version: v1.1.0\nsteps:\n  - cmd: a\n    push: [b]\n");
    const { status, runErrorMessage = "" } = await rig.run();
    assert.equal(status, "Failed");
    assert.match(runErrorMessage, /acr-task\.yaml line 4: .*exactly one of cmd, build and push/);
  });

  it("kills the other steps when one fails", async () => {
    task(
      'version: v1.1.0\nsteps:\n  - {id: long, cmd: a, when: ["-"]}\n  - {id: bad, cmd: b, when: ["-"]}\n',
    );
    let killed = false;
    rig.containers.answer = async (call, options) => {
      if (call.kind !== "run") return 0;
      if (call.container.name === "bad") return 3;
      await untilKilled(options);
      killed = true;
      return 143;
    };
    const { runErrorMessage } = await rig.run();
    assert.equal(runErrorMessage, 'step "bad" failed: exit status 3');
    assert.equal(killed, true);
  });

  it("gives a step that fails its retries, and stops at a success", async () => {
    task("steps:\n  - {id: flaky, cmd: a, retries: 3, retryDelay: 1, retryOnErrors: [reset]}\n");
    let attempts = 0;
    rig.containers.answer = (call, options) => {
      if (call.kind !== "run") return 0;
      attempts += 1;
      say(options?.output, "connection reset\n");
      return attempts < 2 ? 1 : 0;
    };
    assert.equal((await rig.run()).status, "Succeeded");
    assert.equal(attempts, 2);
  });

  it("does not retry an error that retryOnErrors does not name", async () => {
    task("steps:\n  - {id: flaky, cmd: a, retries: 3, retryDelay: 1, retryOnErrors: [reset]}\n");
    rig.containers.answer = (call) => (call.kind === "run" ? 1 : 0);
    assert.equal((await rig.run()).status, "Failed");
    assert.equal(rig.containers.names().filter((name) => name === "run flaky").length, 1);
  });

  it("ends a step at its timeout, and goes on where errors are ignored", async () => {
    task(
      "steps:\n  - {id: slow, cmd: a, timeout: 1, ignoreErrors: true}\n  - {id: next, cmd: b}\n",
    );
    rig.containers.answer = (call, options) =>
      call.kind === "run" && call.container.name === "slow" ? untilKilled(options) : 0;
    const run = await rig.run();
    assert.equal(run.status, "Succeeded");
    assert.match(rig.log(run.runId), /Step ID: slow failed \(timed out after 1 s\)/);
    assert.equal(rig.containers.names().at(-1), "run next");
  });

  it("ends a run at the task's timeout", async () => {
    rig.putTask({ properties: { timeout: 1 } });
    task("steps:\n  - {id: slow, cmd: a}\n");
    rig.containers.answer = (call, options) => (call.kind === "run" ? untilKilled(options) : 0);
    const run = await rig.run();
    assert.equal(run.status, "Timeout");
    assert.match(run.runErrorMessage ?? "", /longer than the task's timeout of 1 s/);
    assert.equal(rig.containers.open, 0);
  });

  it("cancels a running run, and a waiting one at once", async () => {
    task("steps:\n  - {id: slow, cmd: a}\n");
    rig.containers.answer = (call, options) => (call.kind === "run" ? untilKilled(options) : 0);
    const [first, second, third] = [1, 2, 3].map(() => rig.runs.schedule({ taskId }).runId);
    assert.ok(first && second && third);
    await until(() => rig.containers.names().includes("run slow"), "the first run is at work");
    assert.equal(rig.runs.get(registryId, third)?.status, "Queued", "two run at once, not three");
    await rig.runs.cancel(registryId, third);
    await rig.runs.cancel(registryId, first);
    await rig.runs.cancel(registryId, second);
    const statuses = rig.runs.list(registryId).map(({ runId, status }) => [runId, status]);
    assert.deepEqual(statuses, [
      [third, "Canceled"],
      [second, "Canceled"],
      [first, "Canceled"],
    ]);
    assert.match(rig.log(first), /was canceled after/);
  });

  it("calls runs that a crash interrupted Error, and goes on counting", async () => {
    task("steps:\n  - {id: slow, cmd: a}\n");
    rig.containers.answer = (call, options) => (call.kind === "run" ? untilKilled(options) : 0);
    const { runId } = rig.runs.schedule({ taskId });
    await until(() => rig.containers.names().includes("run slow"), "the run is at work");
    const crashed = rig.runs;
    await rig.reopen();
    const run = rig.runs.get(registryId, runId);
    assert.equal(run?.status, "Error");
    assert.match(
      run?.runErrorMessage ?? "",
      /stopped while this run was under way; run the task again: az acr task run -r contoso -n import-node/,
    );
    await crashed.service.stop();
    assert.match(rig.runs.schedule({ taskId }).runId, /2$/);
  });

  it("refuses to run a disabled task", () => {
    rig.putTask({ properties: { status: "Disabled" } });
    assert.throws(() => rig.runs.schedule({ taskId }), /import-node is disabled; enable it/);
  });

  it("forgets runs, logs and base images with their registry", async () => {
    task("steps:\n  - {cmd: a}\n");
    await rig.run();
    await rig.runs.forgetRegistry(registryId);
    assert.deepEqual(rig.runs.list(registryId), []);
    assert.deepEqual(readdirSync(join(rig.stateDir, "logs")), []);
  });
});
