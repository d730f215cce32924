// Does not prove anything about Azure itself: everything runs on the local Azure.
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { controlClient } from "../../local/daemon/controlClient";
import { runKey, type StackOutputs, type Story } from "../../local/demo/story";
import { waitFor } from "../../local/demo/waiting";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

const waitForFile =
  ": > /workspace/testing; n=0; while [ ! -e /workspace/go ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done";

describe("the gated workflow on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StoryUnderTest;
  let story: Story;
  let outputs: StackOutputs;

  const workspacesWith = (file: string): string[] => {
    const agents = join(rig.stateDir, "containers", "agents");
    const workspaces = readdirSync(agents).map((run) => join(agents, run, "workspace"));
    return workspaces.filter((workspace) => existsSync(join(workspace, file)));
  };
  const letGo = (): void => {
    for (const workspace of workspacesWith("testing")) writeFileSync(join(workspace, "go"), "");
  };

  before(async () => {
    rig = await openStoryUnderTest("workflow");
    story = rig.story;
  });
  after(() => rig.close());

  it("comes up in one pulumi up, with a first run of each task and a page", async () => {
    outputs = await story.up(true);
    const firstRuns = (await story.runs()).map(({ runId, status }) => [runId, status]);
    for (const runId of Object.values(outputs.firstRunIds))
      assert.deepEqual(
        firstRuns.find(([id]) => id === runId),
        [runId, "Succeeded"],
      );
    assert.ok(await story.pageColour(), `${outputs.pageUrl} shows no page`);
  });

  it("stops a red public image: the page keeps its colour, base-artifacts its digest", async () => {
    const colour = await story.pageColour();
    const promoted = await story.promotedDigest();
    assert.match(promoted ?? "", /^sha256:/);
    const known = await story.knownRuns();
    const commit = await story.commitColour("Red");
    await rig.finished({ role: "public", known, commit }, "Succeeded");
    await rig.finished({ role: "baseArtifacts", known }, "Failed");
    assert.equal(await story.promotedDigest(), promoted);
    assert.equal(await story.pageColour(), colour);
    const later = (await story.runs()).slice(0, -known.size);
    assert.deepEqual(later.map(({ task }) => task).sort(), [
      outputs.taskNames.baseArtifacts,
      outputs.taskNames.public,
    ]);
  });

  it("lets a green public image reach the page by itself", async () => {
    const promoted = await story.promotedDigest();
    const known = await story.knownRuns();
    const commit = await story.commitColour("Green");
    await rig.finished({ role: "public", known, commit }, "Succeeded");
    await rig.finished({ role: "baseArtifacts", known }, "Succeeded");
    const run = await rig.finished({ role: "team", known }, "Succeeded");
    assert.ok(run.imageUpdateTrigger, "the app was not built because of its base image");
    await story.waitForPage("Green");
    assert.notEqual(await story.promotedDigest(), promoted);
  });

  it("ships an edit of the app on the last validated base", async () => {
    const promoted = await story.promotedDigest();
    const known = await story.knownRuns();
    const commit = await story.commit("helloWorld", {
      path: "Dockerfile",
      edit: (text) => `${text.trimEnd()}\nLABEL edition=second\n`,
      message: "Second edition",
    });
    await rig.finished({ role: "team", known, commit }, "Succeeded");
    await story.waitForPage("Green");
    const { registries } = await controlClient(rig.stateDir).status();
    const app = registries
      .flatMap(({ tasks }) => tasks)
      .find(({ name }) => name === outputs.taskNames.team);
    assert.ok(app?.trackedImages.some((image) => image.endsWith(`@${promoted}`)));
  });

  it("promotes the digest that it tested, even when the public tag moves meanwhile", async () => {
    const publicImage = `${outputs.loginServers.public}/node:22-alpine`;
    const tested = await controlClient(rig.stateDir).digest(publicImage);
    const known = await story.knownRuns();
    // The gate's test waits for a file in its run's workspace, so the tag can move under it.
    const commit = await story.commit("importBaseimageNode", {
      path: "test.sh",
      edit: (text) => text.replace("set -u\n", `set -u\n${waitForFile}\n`),
      message: "Test slowly",
    });
    await waitFor(() => workspacesWith("testing")[0], {
      what: "the gate's test to begin",
      limit: 60_000,
      signal: rig.signal,
    });

    const red = await story.commitColour("Red");
    await rig.finished({ role: "public", known, commit: red }, "Succeeded");
    assert.notEqual(await controlClient(rig.stateDir).digest(publicImage), tested);
    const release = setInterval(letGo, 50);
    try {
      const gate = await rig.finished({ role: "baseArtifacts", known, commit }, "Succeeded");
      assert.equal(await story.promotedDigest(), tested);
      const later = new Set([...known, runKey(gate)]);
      await rig.finished({ role: "baseArtifacts", known: later }, "Failed");
    } finally {
      clearInterval(release);
    }
    assert.equal(await story.promotedDigest(), tested);
    await story.waitForPage("Green");
  });

  it("has nothing to change afterwards", async () => {
    await rig.nothingToChange();
  });

  it("leaves nothing behind when it is destroyed", async () => {
    await story.destroy();
    assert.equal(await story.resourceCount(), 0);
    assert.equal(await story.pageColour(), undefined);
  });
});
