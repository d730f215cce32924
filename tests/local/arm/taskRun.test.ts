// Does not prove that the run itself is real: the runner is a stand-in.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { createAuthorizer, createResourceManager } from "../../../local/arm";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const group = `${subscription}/resourceGroups/rg-run`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/runner1`;
const task = `${registry}/tasks/node-public`;
const taskRun = `${registry}/taskRuns/first-run`;
const version = versions.task;

describe("task runs", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
    await arm.send("PUT", group, { version: versions.group, body: { location } });
    await arm.send("PUT", registry, {
      version: versions.registry,
      body: { location, sku: { name: "Premium" } },
    });
    const contextPath = "https://github.com/o/r.git#main";
    const step = { type: "FileTask", taskFilePath: "acr-task.yaml", contextPath };
    await arm.send("PUT", task, { version, body: { location, properties: { step } } });
  });
  after(() => arm.close());
  const runRequest = { type: "TaskRunRequest", taskId: task };
  const put = (forceUpdateTag: string, request: object = runRequest) =>
    arm.send("PUT", taskRun, {
      version,
      body: { location, properties: { runRequest: request, forceUpdateTag } },
    });
  const state = async (): Promise<unknown> =>
    (await arm.send("GET", taskRun, { version })).body.properties?.provisioningState;

  it("starts a run and ends with it", async () => {
    const before = arm.runs.requests.length;
    const reply = await put("one");
    assert.equal(reply.status, 201, JSON.stringify(reply.body));
    assert.equal(reply.body.properties?.provisioningState, "Creating");
    assert.equal((await arm.finish(reply)).body.status, "Succeeded");
    const { body } = await arm.send("GET", taskRun, { version });
    assert.equal(body.properties?.provisioningState, "Succeeded");
    const result = body.properties?.runResult as { properties: { status: string; runId: string } };
    assert.equal(result.properties.status, "Succeeded");
    assert.equal(arm.runs.requests.length, before + 1);
  });

  it("does not run again for the same request, but does for another tag", async () => {
    const before = arm.runs.requests.length;
    const same = await put("one");
    assert.equal(same.status, 200);
    assert.equal(arm.runs.requests.length, before);
    await arm.finish(await put("two"));
    assert.equal(arm.runs.requests.length, before + 1);
  });

  it("runs again for other values of its own, which it passes on and shows", async () => {
    const given = (value: string) => ({
      ...runRequest,
      overrideTaskStepProperties: { values: [{ name: "PIN", value, isSecret: false }] },
    });
    const before = arm.runs.requests.length;
    await arm.finish(await put("two", given("sha256:1")));
    assert.equal((await put("two", given("sha256:1"))).status, 200);
    await arm.finish(await put("two", given("")));
    const sent = arm.runs.requests.slice(before).map(({ values }) => values?.[0]?.value);
    assert.deepEqual(sent, ["sha256:1", ""]);
    const { body } = await arm.send("GET", taskRun, { version });
    assert.deepEqual(body.properties?.runRequest, given(""));
    await arm.finish(await put("two"));
  });

  it("fails with the run's id, its cause and the command that shows the log, and runs again when asked", async () => {
    arm.runs.outcome = { status: "Failed", runErrorMessage: "step 'gate'\nexited with 1." };
    const reply = await put("three");
    const end = await arm.finish(reply);
    assert.equal(end.body.status, "Failed");
    const runId = `da${arm.runs.requests.length}`;
    const message = end.body.error?.message ?? "";
    for (const part of [
      "node-public",
      runId,
      "step 'gate' exited with 1",
      `az acr task logs --registry runner1 --run-id ${runId}`,
    ]) {
      assert.ok(message.includes(part), `${message} lacks ${part}`);
    }
    assert.ok(!message.includes("\n"));
    assert.equal(await state(), "Failed");
    arm.runs.outcome = { status: "Succeeded" };
    assert.equal((await arm.finish(await put("three"))).body.status, "Succeeded");
    assert.equal(await state(), "Succeeded");
  });

  it("refuses other requests before anything runs", async () => {
    const before = arm.runs.requests.length;
    const file = await put("four", { type: "FileTaskRunRequest", taskFilePath: "a" });
    assert.match(file.body.error?.message ?? "", /FileTaskRunRequest/);
    const missing = await put("four", { ...runRequest, taskId: `${task}-2` });
    assert.match(missing.body.error?.message ?? "", /node-public-2/);
    await arm.send("PATCH", task, { version, body: { properties: { status: "Disabled" } } });
    assert.equal((await put("four")).body.error?.code, "TaskDisabled");
    await arm.send("PATCH", task, { version, body: { properties: { status: "Enabled" } } });
    assert.equal(arm.runs.requests.length, before);
    assert.equal(await state(), "Succeeded");
  });

  it("keeps a secret value of the request out of answers", async () => {
    const values = [{ name: "S", value: "run-secret-value", isSecret: true }];
    const request = { ...runRequest, overrideTaskStepProperties: { values } };
    const reply = await put("five", request);
    await arm.finish(reply);
    assert.ok(!JSON.stringify(reply.body).includes("run-secret-value"));
    assert.ok(!JSON.stringify(arm.resources.get(taskRun)).includes("run-secret-value"));
    assert.equal(arm.runs.requests.at(-1)?.values?.[0]?.value, "run-secret-value");
  });

  it("follows a run that was under way when the local Azure stopped", async () => {
    arm.runs.outcome = undefined;
    await put("six");
    assert.equal(await state(), "Updating");
    arm.runs.outcome = { status: "Succeeded" };
    const { resources, directory, runs, instances, gitTokens } = arm;
    const next = await createResourceManager({
      ...{ resources, directory, runs, instances },
      authorizer: createAuthorizer({ resources, directory }),
      registries: {
        onPush: () => undefined,
        openRunLogin: () => assert.fail("not asked"),
        removeContent: () => Promise.resolve(),
      },
      gitHost: {
        onPush: () => undefined,
        check: () => (gitTokens.size > 0 ? "ok" : "token refused"),
      },
      log: () => undefined,
    });
    assert.equal(await state(), "Succeeded");
    await next.stop();
  });
});
