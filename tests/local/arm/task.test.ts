// Does not prove that a run uses what a task says: the runner's own tests do.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { taskDetails } from "../../../local/arm";
import type { Resource } from "../../../local/contracts/resources";
import { location, openHarness, subscription, versions, type Harness } from "./harness";

const group = `${subscription}/resourceGroups/rg-task`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/tasked`;
const task = `${registry}/tasks/hello-world`;
const version = versions.task;
const repository = "https://github.com/o/hello-world.git";
const vaultSecret = (name: string) => ({
  type: "Vaultsecret",
  value: `https://v.vault.azure.net/secrets/${name}`,
});

const properties = {
  status: "Enabled",
  isSystemTask: false,
  timeout: 3600,
  platform: { os: "linux", architecture: "amd64" },
  agentConfiguration: { cpu: 2 },
  credentials: {},
  step: {
    type: "FileTask",
    taskFilePath: "acr-task.yaml",
    contextPath: `${repository}#main`,
    contextAccessToken: "context-token",
    values: [
      { type: "SetValue", name: "IMAGE", value: "node", isSecret: false },
      { type: "SetValue", name: "KEY", value: "hidden-value", isSecret: true },
    ],
  },
  trigger: {
    sourceTriggers: [
      {
        name: "defaultSourceTriggerName",
        status: "Enabled",
        sourceTriggerEvents: ["commit"],
        sourceRepository: {
          sourceControlType: "Github",
          repositoryUrl: `${repository}#main`,
          branch: "main",
          sourceControlAuthProperties: { token: "good-git-token", tokenType: "PAT", scope: "repo" },
        },
      },
    ],
    baseImageTrigger: {
      name: "defaultBaseimageTriggerName",
      status: "Enabled",
      baseImageTriggerType: "Runtime",
      updateTriggerPayloadType: "Default",
    },
  },
};
const body = { location, identity: { type: "SystemAssigned" }, properties };
type Step = typeof properties.step;
const withStep = (step: object) => ({ ...body, properties: { ...properties, step } });
const secrets = ["context-token", "good-git-token", "hidden-value"];

describe("tasks", () => {
  let arm: Harness;
  before(async () => {
    arm = await openHarness();
    await arm.send("PUT", group, { version: versions.group, body: { location } });
    await arm.send("PUT", registry, {
      version: versions.registry,
      body: { location, sku: { name: "Premium" } },
    });
    const made = await arm.send("PUT", task, { version, body });
    assert.equal(made.status, 200, JSON.stringify(made.body));
  });
  after(() => arm.close());
  const put = (sent: object, path = task) => arm.send("PUT", path, { version, body: sent });
  const stored = (): Resource => arm.resources.get(task) ?? assert.fail("no task");

  it("hides tokens and secret values from everyone but listDetails", async () => {
    const shown = await arm.send("GET", task, { version });
    for (const secret of secrets) assert.ok(!JSON.stringify(shown.body).includes(secret));
    const details = await arm.send("POST", `${task}/listDetails`, { version });
    for (const secret of secrets) assert.ok(JSON.stringify(details.body).includes(secret));
    assert.equal((details.body.properties?.step as Step).contextAccessToken, "context-token");
  });

  it("gives the runner the whole task", () => {
    const details = taskDetails(stored());
    assert.equal(details.step.contextAccessToken, "context-token");
    assert.deepEqual(details.step.values, [
      { name: "IMAGE", value: "node", isSecret: false },
      { name: "KEY", value: "hidden-value", isSecret: true },
    ]);
    const [source] = details.trigger.sourceTriggers ?? [];
    assert.equal(source?.sourceRepository.sourceControlAuthProperties?.token, "good-git-token");
    assert.deepEqual(stored().secret?.values, { KEY: "hidden-value" });
    assert.equal(stored().secret?.sourceToken, "good-git-token");
  });

  it("keeps the task's identity through every update and ends it with the task", async () => {
    const principal = stored().identity?.principalId ?? "";
    await put({ ...body, tags: { a: "b" } });
    await arm.send("PATCH", task, { version, body: { tags: { a: "c" } } });
    assert.equal(stored().identity?.principalId, principal);
    const other = `${registry}/tasks/short-lived`;
    const made = await put(body, other);
    const identity = made.body.identity as { principalId: string };
    assert.ok(arm.directory.find(identity.principalId));
    await arm.send("DELETE", other, { version });
    assert.equal(arm.directory.find(identity.principalId), undefined);
    assert.ok(arm.runs.forgotten.includes(other));
  });

  it("adds a registry credential as az acr task credential add does", async () => {
    const custom = (credential: object | null) => ({
      properties: { credentials: { customRegistries: { "docker.io": credential } } },
    });
    const credential = {
      userName: vaultSecret("user"),
      password: vaultSecret("password"),
      identity: "[system]",
    };
    const reply = await arm.send("PATCH", task, { version, body: custom(credential) });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    assert.deepEqual(taskDetails(stored()).credentials.customRegistries, {
      "docker.io": credential,
    });
    assert.equal(taskDetails(stored()).step.contextAccessToken, "context-token");
    await arm.send("PATCH", task, { version, body: custom(null) });
    assert.deepEqual(taskDetails(stored()).credentials.customRegistries ?? {}, {});
  });

  it("keeps an opaque password to itself", async () => {
    const opaque = {
      userName: { type: "Opaque", value: "someone" },
      password: { type: "Opaque", value: "opaque-password" },
    };
    const other = `${registry}/tasks/opaque-task`;
    const credentials = { customRegistries: { "a.azurecr.io": opaque } };
    const made = await put({ location, properties: { ...properties, credentials } }, other);
    assert.ok(!JSON.stringify(made.body).includes("opaque-password"));
    const kept = arm.resources.get(other) ?? assert.fail();
    assert.deepEqual(taskDetails(kept).credentials.customRegistries, { "a.azurecr.io": opaque });
    await arm.send("DELETE", other, { version });
  });

  it("merges --set values by name and leaves the rest of the task alone", async () => {
    const patch = {
      properties: {
        step: {
          type: "FileTask",
          contextPath: properties.step.contextPath,
          values: [{ type: "SetValue", name: "IMAGE", value: "other", isSecret: false }],
        },
        trigger: { baseImageTrigger: { name: "defaultBaseimageTriggerName" } },
        credentials: {},
        platform: {},
        agentConfiguration: {},
      },
    };
    const reply = await arm.send("PATCH", task, { version, body: patch });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
    const details = taskDetails(stored());
    assert.deepEqual(
      details.step.values.map(({ name, value }) => [name, value]),
      [
        ["IMAGE", "other"],
        ["KEY", "hidden-value"],
      ],
    );
    assert.equal(details.step.taskFilePath, "acr-task.yaml");
    assert.equal(details.trigger.baseImageTrigger?.baseImageTriggerType, "Runtime");
    assert.equal(details.trigger.sourceTriggers?.length, 1);
    assert.equal(details.agentConfiguration?.cpu, 2);
    await put(body);
  });

  it("refuses a git token that may not register a webhook, and says what to do", async () => {
    const [source] = properties.trigger.sourceTriggers;
    const sourceControlAuthProperties = { token: "bad-git-token", tokenType: "PAT" };
    const sourceRepository = { ...source?.sourceRepository, sourceControlAuthProperties };
    const trigger = { sourceTriggers: [{ ...source, sourceRepository }] };
    const other = `${registry}/tasks/never-made`;
    const reply = await put({ ...body, properties: { ...properties, trigger } }, other);
    assert.equal(reply.status, 400);
    const message = reply.body.error?.message ?? "";
    assert.match(message, /never-made.*hello-world\.git.*token refused.*personal access token/);
    assert.ok(!message.includes("bad-git-token"));
    assert.equal(arm.resources.get(other), undefined);
  });

  it("makes no identity for a task that it refuses", async () => {
    const made: string[] = [];
    const original = arm.directory.createManagedIdentity;
    arm.directory.createManagedIdentity = (name) => (made.push(name), original(name));
    const other = `${registry}/tasks/never-made`;
    const away = `${group}/providers/Microsoft.ContainerRegistry/registries/nowhere/tasks/never-made`;
    const refusals: [object, RegExp, string?][] = [
      [withStep({ ...properties.step, type: "Docker" }), /type Docker/],
      [withStep({ ...properties.step, type: "EncodedTask" }), /type EncodedTask/],
      [withStep({ ...properties.step, contextPath: "/dev/null" }), /'\/dev\/null'/],
      [withStep({ ...properties.step, colour: 1 }), /'colour'/],
      [{ ...body, properties: { ...properties, colour: 1 } }, /'colour'/],
      [{ ...body, properties: { ...properties, timeout: 299 } }, /299.*300 to 28800/],
      [{ ...body, properties: { ...properties, timeout: 28801 } }, /28801/],
      [{ ...body, properties: { ...properties, platform: { os: "Windows" } } }, /Windows/],
      [{ ...body, identity: { type: "UserAssigned" } }, /UserAssigned/],
      [
        {
          ...body,
          properties: {
            ...properties,
            credentials: { customRegistries: { "a.io": { password: vaultSecret("p") } } },
          },
        },
        /identity: \[system\]/,
      ],
      [body, /nowhere/, away],
    ];
    for (const [sent, expected, path = other] of refusals) {
      const reply = await put(sent, path);
      assert.ok(reply.status >= 400, JSON.stringify(reply.body));
      assert.match(reply.body.error?.message ?? "", expected);
    }
    arm.directory.createManagedIdentity = original;
    assert.deepEqual(made, []);
    assert.equal(arm.resources.get(other), undefined);
  });

  it("shows what the last run built on, and nothing before there was one", async () => {
    const shown = async (): Promise<unknown> =>
      ((await arm.send("GET", task, { version })).body.properties?.step as Record<string, unknown>)
        .baseImageDependencies;
    assert.equal(await shown(), undefined);
    const image = { registry: "r.azurecr.io", repository: "node", tag: "22", digest: "sha256:1" };
    arm.runs.tracked = [
      { type: "Runtime", ...image },
      { type: "BuildTime", ...image, repository: "builder" },
    ];
    assert.deepEqual(await shown(), arm.runs.tracked);
    arm.runs.tracked = [];
  });

  it("keeps timers, merges them by name, and refuses a schedule that is none", async () => {
    const timers = (...timerTriggers: object[]) => ({
      ...body,
      properties: { ...properties, trigger: { ...properties.trigger, timerTriggers } },
    });
    const kept = async (): Promise<unknown> =>
      (
        (await arm.send("GET", task, { version })).body.properties?.trigger as Step & {
          timerTriggers?: unknown;
        }
      ).timerTriggers;
    await put(timers({ name: "nightly", schedule: "0 21 * * *" }));
    const patch = (entry: object) =>
      arm.send("PATCH", task, {
        version,
        body: { properties: { trigger: { timerTriggers: [entry] } } },
      });
    await patch({ name: "nightly", status: "Disabled" });
    await patch({ name: "often", schedule: "*/5 * * * *", status: "Enabled" });
    assert.deepEqual(await kept(), [
      { name: "nightly", schedule: "0 21 * * *", status: "Disabled" },
      { name: "often", schedule: "*/5 * * * *", status: "Enabled" },
    ]);
    const bad = await patch({ name: "bad", schedule: "0 0 31 L *" });
    assert.equal(bad.body.error?.code, "BadRequest");
    assert.match(
      bad.body.error?.message ?? "",
      /'0 0 31 L \*' of timer trigger 'bad' is not a valid CRON expression: 'L'/,
    );
    const twice = await arm.send("PUT", task, {
      version,
      body: timers({ name: "a", schedule: "* * * * *" }, { name: "A", schedule: "* * * * *" }),
    });
    assert.match(twice.body.error?.message ?? "", /two timer triggers named 'A'/);
    await put(body);
    assert.equal(await kept(), undefined);
  });

  it("schedules a run as az acr task run does, and lists and filters runs", async () => {
    const request = {
      type: "TaskRunRequest",
      taskId: task,
      overrideTaskStepProperties: {
        arguments: [],
        values: [{ type: "SetValue", name: "X", value: "1", isSecret: false }],
      },
    };
    const run = (sent: object) =>
      arm.send("POST", `${registry}/scheduleRun`, { version, body: sent });
    const made = await run(request);
    assert.equal(made.status, 200, JSON.stringify(made.body));
    const runId = String(made.body.properties?.runId);
    assert.deepEqual(arm.runs.requests.at(-1), {
      taskId: task,
      values: [{ name: "X", value: "1", isSecret: false }],
    });
    const filter = encodeURIComponent("TaskName eq 'hello-world' and Status eq 'Queued'");
    const list = await arm.send("GET", `${registry}/runs?$top=15&$filter=${filter}`, { version });
    assert.equal(list.body.value?.[0]?.name, runId);
    const kept = arm.runs.get(registry, runId);
    assert.ok(kept);
    const image = { registry: "r.azurecr.io", repository: "node", tag: "1", digest: "sha256:1" };
    Object.assign(kept, { outputImages: [image], pushedImages: [image] });
    const shown = await arm.send("GET", `${registry}/runs/${runId}`, { version });
    assert.deepEqual(shown.body.properties?.outputImages, [image]);
    assert.ok(!("pushedImages" in (shown.body.properties ?? {})), "Azure has no such property");
    const log = await arm.send("POST", `${registry}/runs/${runId}/listLogSasUrl`, { version });
    assert.match(String(log.body.logLink), /^https:\/\/.*blob\.core\.windows\.net\//);
    assert.equal((await run({ ...request, type: "DockerBuildRequest" })).status, 400);
    assert.equal((await run({ ...request, taskId: `${task}x` })).status, 400);
    const odd = await arm.send("GET", `${registry}/runs?$filter=Colour eq 'red'`, { version });
    assert.equal(odd.body.error?.code, "InvalidFilterInQueryString");
    const newer = await arm.send("POST", `${registry}/scheduleRun`, {
      version: "2025-03-01-preview",
      body: request,
    });
    assert.equal(newer.status, 200);
  });
});
