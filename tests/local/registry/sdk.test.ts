// The Azure SDKs for JavaScript through the front door, signed in as the deployer; runs are stand-ins.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createAuthorizer, createResourceManager } from "../../../local/arm";
import { resourceTypes, type ResourceStore } from "../../../local/contracts/resources";
import { type LocalDirectory, openDirectory } from "../../../local/identity/directory";
import { openResourceStore } from "../../../local/kernel/resourceStore";
import { openContainerRegistries } from "../../../local/registry/containerRegistries";
import { fakeInstances, fakeRuns, location, versions } from "../arm/harness";
import { openTestBed, runClient, type Result, type TestBed } from "../clients";
import { clientEnvironment } from "../../../local/frontdoor/clientEnvironment";

interface Password {
  name: string;
  value: string;
  creationTime?: string;
  expiry?: string;
}

describe("the Azure SDKs against a registry", function () {
  this.timeout(60_000);
  let bed: TestBed;
  let directory: LocalDirectory;
  let resources: ResourceStore;
  const runs = fakeRuns();
  const clock = { offset: 0 };

  before(async () => {
    bed = await openTestBed(async (stateDir) => {
      directory = await openDirectory({ stateDir });
      resources = openResourceStore(join(stateDir, "resources.json"));
      const authorizer = createAuthorizer({ resources, directory });
      const registries = await openContainerRegistries({
        ...{ stateDir, resources, directory, authorizer, log: () => undefined },
        dockerHubLogin: { username: "u", password: "p" },
        now: () => Date.now() + clock.offset,
      });
      const gitHost = { onPush: () => undefined, check: () => "ok" as const };
      const arm = await createResourceManager({
        ...{ resources, directory, authorizer, registries, gitHost, runs },
        instances: fakeInstances(),
        log: () => undefined,
      });
      return [directory.service, registries.service, arm];
    });
    const group = `https://management.azure.com/subscriptions/${directory.subscriptionId}/resourceGroups/rg-sdk`;
    const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/sdkregistry`;
    const id = (url: string): string => url.replace("https://management.azure.com", "");
    const put = async (url: string, version: string, body: object): Promise<void> => {
      const token = await directory.issueToken(directory.deployer, "https://management.azure.com");
      const { code, stdout, stderr } = await bed.run(
        ...["curl", "-sS", "--fail-with-body", "-X", "PUT", `${url}?api-version=${version}`],
        ...["-H", `authorization: Bearer ${token}`, "-H", "content-type: application/json"],
        ...["-d", JSON.stringify(body)],
      );
      assert.equal(code, 0, stdout + stderr);
    };
    await put(group, versions.group, { location });
    await put(registry, versions.registry, { location, sku: { name: "Premium" } });
    const contextPath = "https://github.com/o/r.git#main";
    const step = { type: "FileTask", taskFilePath: "acr-task.yaml", contextPath };
    const trigger = { timerTriggers: [{ name: "nightly", schedule: "0 21 * * *" }] };
    const task = { location, properties: { step, trigger } };
    await put(`${registry}/tasks/build-it`, versions.task, task);
    await put(`${registry}/tasks/other`, versions.task, task);
    const request = (name: string): object => ({
      properties: {
        runRequest: { type: "TaskRunRequest", taskId: `${id(registry)}/tasks/${name}` },
      },
    });
    await put(`${registry}/taskRuns/first-run`, versions.task, request("build-it"));
    await put(`${registry}/taskRuns/other-run`, versions.task, request("other"));
    const scopeMapId = `${id(registry)}/scopeMaps/_repositories_pull`;
    await put(`${registry}/tokens/puller`, versions.token, { properties: { scopeMapId } });
  });
  after(() => bed.close());

  const register = createRequire(__filename).resolve("ts-node/register/transpile-only");
  const script = join(__dirname, "fixtures/sdkClient.ts");
  const tryCall = (...words: string[]): Promise<Result> =>
    runClient([process.execPath, "-r", register, script, ...words], {
      ...clientEnvironment(bed.frontDoor),
      AZURE_TENANT_ID: directory.tenantId,
      AZURE_SUBSCRIPTION_ID: directory.subscriptionId,
      AZURE_CLIENT_ID: directory.deployer.appId,
      AZURE_CLIENT_SECRET: directory.deployer.clientSecret,
    });
  async function call<T>(...words: string[]): Promise<T> {
    const { code, stdout, stderr } = await tryCall(...words);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  it("list what was pushed, newest first, with digests, times and tags", async () => {
    const older = await call<string>("push", "22-alpine", "ca1");
    const newer = await call<string>("push", "22-alpine", "ca2");
    interface Manifest {
      digest: string;
      tags: string[];
      createdOn: string;
      lastUpdatedOn: string;
      sizeInBytes: number;
      architecture: string;
    }
    const found = await call<{
      names: string[];
      manifests: Manifest[];
      own: Manifest;
      byTag: Manifest;
      tags: { name: string; digest: string; createdOn: string }[];
    }>("list", "ca1");
    assert.deepEqual(found.names, ["samples/node"]);
    assert.deepEqual(
      found.manifests.map(({ digest, tags }) => [digest, tags]),
      [
        [newer, ["22-alpine", "ca2"]],
        [older, ["ca1"]],
      ],
    );
    assert.ok(Math.abs(Date.parse(found.own.createdOn) - Date.now()) < 60_000);
    assert.ok(Date.parse(found.own.lastUpdatedOn) >= Date.parse(found.own.createdOn));
    assert.deepEqual(
      [found.own.digest, found.own.architecture, found.own.sizeInBytes > 0],
      [newer, "amd64", true],
    );
    assert.equal(found.byTag.digest, older);
    // the SDK asks for all tags of the repository, whatever the artifact
    assert.deepEqual(
      found.tags.map(({ name, digest }) => [name, digest]),
      [
        ["22-alpine", newer],
        ["ca1", older],
        ["ca2", newer],
      ],
    );
    const { code, stderr } = await tryCall("missing");
    assert.equal(code, 1);
    assert.match(stderr, /404 .*repository name not known/);
  });

  it("list runs, by task and the newest alone, and read a run's log address, task and task run", async () => {
    interface Shown {
      name: string;
      task?: string;
      runId?: string;
    }
    const first = runs.list(resources.list({ type: resourceTypes.registry })[0]?.id ?? "");
    const found = await call<{
      all: Shown[];
      some: Shown[];
      log: { logLink: string };
      taskRun: { runResult: Shown; provisioningState: string };
      task: { trigger: { timerTriggers: { schedule: string }[] } };
    }>("runs", first[0]?.runId ?? "");
    assert.deepEqual(
      found.all.map(({ task }) => task),
      ["other", "build-it"],
    );
    assert.deepEqual(
      found.some.map(({ task }) => task),
      ["build-it"],
    );
    assert.match(found.log.logLink, /^https:\/\/.*\?sig=/);
    assert.equal(found.taskRun.runResult.task, "build-it");
    assert.equal(found.task.trigger.timerTriggers[0]?.schedule, "0 21 * * *");
  });

  const login = async ({ value }: Password): Promise<number> => {
    const { stdout } = await bed.run(
      ...["curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-u", `puller:${value}`],
      "https://sdkregistry.azurecr.io/oauth2/token?service=sdkregistry.azurecr.io&scope=repository:samples/node:pull",
    );
    return Number(stdout);
  };

  it("give a token two passwords in turn, each with its own end", async () => {
    interface Made {
      username: string;
      passwords: Password[];
      token: { credentials: { passwords: Password[] } };
    }
    const expiry = new Date(Date.now() + 3_600_000).toISOString();
    const one = await call<Made>("generate", "password1", expiry);
    const two = await call<Made>("generate", "password2");
    const [first, second] = [one.passwords[0], two.passwords.at(-1)];
    assert.ok(first && second);
    assert.deepEqual([one.username, one.passwords.length], ["puller", 1]);
    assert.deepEqual(
      two.token.credentials.passwords.map(({ name, expiry: end }) => [name, end]),
      [
        ["password1", expiry],
        ["password2", undefined],
      ],
    );
    assert.ok(two.token.credentials.passwords.every((each) => each.value === undefined));
    assert.ok(two.token.credentials.passwords.every((each) => each.creationTime));
    assert.deepEqual([await login(first), await login(second)], [200, 200]);
    clock.offset = 2 * 3_600_000;
    assert.deepEqual([await login(first), await login(second)], [401, 200]);
    clock.offset = 0;
    const again = await call<Made>("generate", "password1");
    assert.equal(await login(first), 401);
    assert.ok(again.passwords[0] && (await login(again.passwords[0])) === 200);
    assert.equal(await login(second), 200);
  });
});
