// Does not prove that the article's own files are as ours: those were written from its description of them.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { controlClient } from "../../local/daemon/controlClient";
import type { RunRecord } from "../../local/daemon/types";
import type { StackOutputs, Story } from "../../local/demo/story";
import { runClient } from "../local/clients";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

const article = join(__dirname, "fixtures", "article");
const tag = "15-alpine";
const tagsOfHub = "GATED_IMPORTS_NODE_TAGS";

describe("forks of the article's repositories on real parts", function () {
  this.timeout(180_000);
  // Each step builds on the one before: after a failure the rest would only tell the same again.
  this.bail(true);
  let rig: StoryUnderTest;
  let story: Story;
  let outputs: StackOutputs;

  /** Puts the article's content in the place of ours, as somebody does who pushes a fork. */
  async function fork(name: string, variables: Record<string, string>): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "fork-"));
    const git = async (...args: string[]): Promise<void> => {
      const author = ["-c", "user.name=Fork", "-c", "user.email=fork@example.com"];
      const { code, stderr } = await runClient(
        ["git", "-C", folder, ...author, ...args],
        variables,
      );
      assert.equal(code, 0, `git ${args[0]}: ${stderr}`);
    };
    try {
      const url = `https://github.com/importing-public-content/${name}.git`;
      await git("clone", "--quiet", url, ".");
      await git("rm", "--quiet", "-r", ".");
      cpSync(join(article, name), folder, { recursive: true });
      await git("add", "--all");
      await git("commit", "--quiet", "--message", "As the article has it");
      await git("push", "--quiet", "origin", "HEAD:main");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Changes the public image and waits for the gate's verdict. */
  const offer = async (colour: string, verdict: RunRecord["status"]): Promise<RunRecord> => {
    const known = await story.knownRuns();
    const commit = await story.commitColour(colour);
    await rig.finished({ role: "public", known, commit }, "Succeeded");
    return await rig.finished({ role: "baseArtifacts", known }, verdict);
  };
  const upWith = (more: { tag: string; pin?: string }): Promise<StackOutputs> =>
    story.upWith(({ baseImages, apps }) => ({
      baseImages: baseImages.map((image) => ({ ...image, ...more })),
      apps,
    }));
  const promoted = (ofTag: string): Promise<string | undefined> =>
    controlClient(rig.stateDir).digest(`${outputs.loginServers.baseArtifacts}/node:${ofTag}`);

  const tagsBefore = process.env[tagsOfHub];
  before(async () => {
    process.env[tagsOfHub] = tag;
    rig = await openStoryUnderTest("forks");
    story = rig.story;
    const variables = await rig.variables();
    for (const name of ["base-image-node", "import-baseimage-node", "hello-world"])
      await fork(name, variables);
  });
  after(async () => {
    if (tagsBefore === undefined) delete process.env[tagsOfHub];
    else process.env[tagsOfHub] = tagsBefore;
    await rig.close();
  });

  it("fail by name while the tag of the settings is another than theirs", async () => {
    await assert.rejects(
      story.up(true),
      /run \w+ succeeded, but made no \w+\.azurecr\.io\/node:22-alpine/,
    );
  });

  it("come up to a page with no more than the tag as a setting", async () => {
    outputs = await upWith({ tag });
    await story.waitForPage("Blue");
    assert.equal(
      await promoted(tag),
      await promoted(`${tag}-${outputs.firstRunIds.baseArtifacts}`),
      "the stable tag is at the first promotion",
    );
    await rig.nothingToChange();
  });

  it("stop Red at the gate: the page stays", async () => {
    const stable = await promoted(tag);
    await offer("Red", "Failed");
    assert.equal(await promoted(tag), stable);
    assert.equal(await story.pageColour(), "Blue");
  });

  it("let Green through to the page by themselves", async () => {
    const { runId } = await offer("Green", "Succeeded");
    assert.equal(await promoted(tag), await promoted(`${tag}-${runId}`));
    await story.waitForPage("Green");
  });

  it("fail by name when their gate does not know how to go back to a pin", async () => {
    const [first, now] = [
      await promoted(`${tag}-${outputs.firstRunIds.baseArtifacts}`),
      await promoted(tag),
    ];
    await assert.rejects(
      upWith({ tag, pin: outputs.firstRunIds.baseArtifacts }),
      new RegExp(
        `left \\w+\\.azurecr\\.io/node:${tag} at ${now}, where the settings want ${first}`,
      ),
    );
    await upWith({ tag });
    await rig.nothingToChange();
  });
});
