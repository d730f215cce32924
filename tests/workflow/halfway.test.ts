// Does not prove each way to fail: here one run is refused by the gate, and one request by the resource manager.
import assert from "node:assert/strict";
import { isFinished } from "../../local/cli/runWords";
import { controlClient } from "../../local/daemon/controlClient";
import { readPageColour, sameColour } from "../../local/demo/page";
import { changeSettings } from "../../local/demo/stackSettings";
import { waitFor } from "../../local/demo/waiting";
import { DeploymentFailed, type LocalStack } from "../../local/pulumi/stack";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";

describe("an up that fails half-way, on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StackUnderTest;

  before(async () => {
    rig = await openStackUnderTest();
  });
  after(() => rig.close());

  const failed = async (stack: LocalStack): Promise<DeploymentFailed> => {
    const error = await stack.up().then(
      () => assert.fail("up went well"),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof DeploymentFailed, String(error));
    return error;
  };
  const waitForRunOf = (commit: string) =>
    waitFor(
      async () =>
        (await rig.story.runs()).find(
          (run) => run.sourceTrigger?.commitId === commit && isFinished(run),
        ),
      { what: `the run of commit ${commit}`, limit: 120_000, signal: new AbortController().signal },
    );
  /** The last part of each id. */
  const names = async (type: string): Promise<string[]> =>
    (await rig.ids(type)).map((id) => id.split("/").at(-1) ?? "");
  const pageColours = async (): Promise<(string | undefined)[]> => {
    const ips = await rig.az("container", "list", "--query", "[].ipAddress.ip", "-o", "tsv");
    return await Promise.all(ips.split("\n").map((ip) => readPageColour(`http://${ip}`)));
  };
  const registryWith = async (part: string): Promise<string> => {
    const all = await names("Microsoft.ContainerRegistry/registries");
    const found = all.find((name) => name.includes(part));
    assert.ok(found, `no registry ${part} among ${all.join(", ")}`);
    return found;
  };

  it("names the run when the gate refuses the very first image, and lets nothing of it through", async () => {
    const stack = await rig.stack();
    await rig.story.commitColour("Red");
    const { message } = await failed(stack);
    assert.match(message, /^up failed: base-import-node-first-run:\n/);
    assert.match(message, /Task base-import-node: run \w+ ended as Failed/);
    assert.match(message, /az acr task logs --registry \w+ --run-id \w+/);
    assert.match(message, /^FAULT: BACKGROUND_COLOR is Red/m, "the error has no end of the log");
    const base = await registryWith("baseartifacts");
    const promoted = await controlClient(rig.stateDir).digest(`${base}.azurecr.io/node:22-alpine`);
    assert.equal(promoted, undefined);
    assert.equal(await rig.az("container", "list", "-o", "tsv"), "");
  });

  it("goes on from there once the image is good: nothing is made twice, nothing is left to do", async () => {
    const before = await names("Microsoft.ContainerRegistry/registries");
    const run = await waitForRunOf(await rig.story.commitColour("Green"));
    assert.equal(run.status, "Succeeded");
    const stack = await rig.stack();
    await stack.up();
    const after = await names("Microsoft.ContainerRegistry/registries");
    assert.deepEqual(
      before.filter((name) => !after.includes(name)),
      [],
    );
    assert.ok((await pageColours()).every((colour) => sameColour(colour, "Green")));
    await assertNothingToChange(stack);
  });

  it("names the resource that Azure refuses in the middle of an up, and finishes once it does not", async () => {
    const team = await registryWith("helloworld");
    const taken = team.replace("helloworld", "helloagain");
    await rig.az("group", "create", "-n", "elsewhere", "-l", "eastus");
    await rig.az("acr", "create", "-g", "elsewhere", "-n", taken, "--sku", "Premium");
    const openWithSecondApp = async (): Promise<LocalStack> => {
      const stack = await rig.stack();
      changeSettings(rig.stateDir, ({ apps, ...others }) => ({
        ...others,
        apps: apps.flatMap((app) => [app, { ...app, name: "hello-again" }]),
      }));
      return stack;
    };
    const { message } = await failed(await openWithSecondApp());
    assert.match(
      message,
      new RegExp(`^up failed: hello-again-registry: .*${taken}.*AlreadyInUse`, "s"),
    );
    assert.equal((await pageColours()).filter((colour) => sameColour(colour, "Green")).length, 1);

    await rig.az("group", "delete", "-n", "elsewhere", "--yes");
    const stack = await openWithSecondApp();
    await stack.up();
    assert.equal((await pageColours()).filter((colour) => sameColour(colour, "Green")).length, 2);
    await assertNothingToChange(stack);
  });

  it("ends by name when a task watches no base image: a new one would never reach the app", async () => {
    const readTask = "acr-task.yaml";
    let whole = "";
    const withoutBuild = await rig.story.commit("helloWorld", {
      path: readTask,
      edit: (text) => {
        whole = text;
        return "version: v1.1.0\nsteps:\n  - cmd: bash -c 'echo nothing to build'\n";
      },
      message: "Build nothing",
    });
    await waitForRunOf(withoutBuild);
    const rotate = async (rotated: string): Promise<LocalStack> => {
      const stack = await rig.stack();
      changeSettings(rig.stateDir, (settings) => ({ ...settings, tokens: { rotated } }));
      return stack;
    };
    const { message } = await failed(await rotate("2026-11-01"));
    assert.match(
      message,
      /Task hello-world: run \w+ did not arm its base image trigger: it built on no image; its task file needs a build step/,
    );
    await waitForRunOf(
      await rig.story.commit("helloWorld", {
        path: readTask,
        edit: () => whole,
        message: "Build again",
      }),
    );
    const stack = await rotate("2026-11-01");
    await stack.up();
    await assertNothingToChange(stack);
  });
});
