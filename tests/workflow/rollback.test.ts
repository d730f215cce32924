// Does not prove anything about Azure itself: everything runs on the local Azure.
import assert from "node:assert/strict";
import { controlClient } from "../../local/daemon/controlClient";
import type { RunRecord } from "../../local/daemon/types";
import type { StackOutputs, Story } from "../../local/demo/story";
import type { StackSettings } from "../../local/demo/stackSettings";
import { runClient } from "../local/clients";
import { azureCliForTests } from "../local/tools";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

type BaseImage = StackSettings["baseImages"][number];
type App = StackSettings["apps"][number];

describe("going back on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StoryUnderTest;
  let story: Story;
  let outputs: StackOutputs;
  /** Digests in base artifacts, and the runs that promoted them. */
  const promoted: Record<string, { run: string; digest: string }> = {};

  /** Changes the public image and waits for the gate's verdict. */
  const offer = async (colour: string, verdict: RunRecord["status"]): Promise<RunRecord> => {
    const known = await story.knownRuns();
    const commit = await story.commitColour(colour);
    await rig.finished({ role: "public", known, commit }, "Succeeded");
    return await rig.finished({ role: "baseArtifacts", known }, verdict);
  };
  const digestOf = async (tag: string): Promise<string> =>
    (await controlClient(rig.stateDir).digest(
      `${outputs.loginServers.baseArtifacts}/node:${tag}`,
    )) ?? "none";
  const remember = async (colour: string, run: string): Promise<void> => {
    promoted[colour] = { run, digest: await digestOf(`22-alpine-${run}`) };
    assert.match(promoted[colour].digest, /^sha256:/);
  };
  const known = (colour: string): { run: string; digest: string } => {
    const one = promoted[colour];
    assert.ok(one, `${colour} was never promoted`);
    return one;
  };
  const upWith = ({ image, app }: { image?: Partial<BaseImage>; app?: Partial<App> }) =>
    story.upWith(({ baseImages, apps }) => ({
      baseImages: baseImages.map((one) => ({ ...one, ...image })),
      apps: apps.map((one) => ({ ...one, ...app })),
    }));
  before(async () => {
    rig = await openStoryUnderTest("rollback");
    story = rig.story;
    outputs = await story.up(true);
    await remember("Blue", outputs.firstRunIds.baseArtifacts);
    await remember("Green", (await offer("Green", "Succeeded")).runId);
    await story.waitForPage("Green");
  });
  after(() => rig.close());

  it("moves everyone back to a pinned promotion", async () => {
    await upWith({ image: { pin: known("Blue").run } });
    assert.equal(await story.promotedDigest(), known("Blue").digest);
    await story.waitForPage("Blue");
    await rig.nothingToChange();
  });

  it("keeps the pin while the gate goes on promoting under unique tags", async () => {
    await remember("Orange", (await offer("Orange", "Succeeded")).runId);
    assert.equal(await story.promotedDigest(), known("Blue").digest);
    assert.equal(await story.pageColour(), "Blue");
  });

  it("follows the public image again once the pin is taken away", async () => {
    await upWith({ image: { pin: undefined } });
    assert.equal(await story.promotedDigest(), known("Orange").digest);
    await story.waitForPage("Orange");
  });

  it("takes a pin by digest too", async () => {
    await upWith({ image: { pin: known("Green").digest } });
    assert.equal(await story.promotedDigest(), known("Green").digest);
    await upWith({ image: { pin: undefined } });
    assert.equal(await story.promotedDigest(), known("Orange").digest);
    await story.waitForPage("Orange");
  });

  it("builds one app alone on a pinned promotion, by run or by digest", async () => {
    await upWith({ app: { pin: known("Blue").run } });
    await story.waitForPage("Blue");
    await upWith({ app: { pin: known("Green").digest } });
    await story.waitForPage("Green");
    assert.equal(await story.promotedDigest(), known("Orange").digest);
    await upWith({ app: { pin: undefined } });
    await story.waitForPage("Orange");
  });

  it("moves apps off a rejected digest, to the newest promotion that is not rejected", async () => {
    await upWith({ image: { reject: [known("Orange").digest] } });
    assert.equal(await story.promotedDigest(), known("Green").digest);
    await story.waitForPage("Green");
    await rig.nothingToChange();
  });

  it("keeps a rejected digest out although its tests pass", async () => {
    const known = await story.knownRuns();
    const commit = await story.commit("importBaseimageNode", {
      path: "README.md",
      edit: (text) => `${text}\nAsk again.\n`,
      message: "Ask again",
    });
    await rig.finished({ role: "baseArtifacts", known, commit }, "Failed");
    assert.equal(await story.pageColour(), "Green");
  });

  it("lets another image in while one is rejected", async () => {
    await offer("Purple", "Succeeded");
    await story.waitForPage("Purple");
    await rig.nothingToChange();
  });

  /** What a task has as the value TAG or PIN, as az shows it. */
  async function valuesOf(role: "baseArtifacts" | "team", name: string): Promise<string> {
    const registry = outputs.loginServers[role].split(".")[0] ?? "";
    const { stdout, stderr } = await runClient(
      [
        ...[
          azureCliForTests(),
          "acr",
          "task",
          "show",
          "-r",
          registry,
          "-n",
          outputs.taskNames[role],
        ],
        ...["--query", `step.values[?name=='${name}'].value`, "-o", "tsv"],
      ],
      await rig.variables(),
    );
    assert.equal(stderr, "");
    return stdout.trim();
  }

  it("says which promotions there are when a pin names none, and leaves the task as it was", async () => {
    await assert.rejects(upWith({ image: { reject: [], pin: "zz9" } }), (error: Error) => {
      assert.match(error.message, /no promotion zz9 of node:22-alpine; there are: /);
      assert.ok(error.message.includes(known("Blue").run));
      return true;
    });
    assert.equal(await valuesOf("baseArtifacts", "PIN"), "");
    assert.equal(await story.pageColour(), "Purple");
    await upWith({ image: { reject: [], pin: undefined } });
  });

  it("does the same for an app's pin, or its next commit would build on nothing", async () => {
    for (const pin of ["zz9", `sha256:${"0".repeat(64)}`])
      await assert.rejects(
        upWith({ app: { pin } }),
        /Pin 22-alpine[-@]\S+: there is no such promotion of node:22-alpine; the tags that there are: az acr repository show-tags/,
      );
    assert.equal(await valuesOf("team", "TAG"), "22-alpine");
    await upWith({ app: { pin: undefined } });
    await rig.nothingToChange();
  });
});
