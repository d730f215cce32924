// Does not prove each kind of mistake: those are the tests of task definitions and runs. Here one goes all the way to `up`.
import assert from "node:assert/strict";
import type { Story } from "../../local/demo/story";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

describe("bad input on real parts", function () {
  this.timeout(180_000);
  let rig: StoryUnderTest;
  let story: Story;

  before(async () => {
    rig = await openStoryUnderTest("bad-input");
    story = rig.story;
    await story.up(true);
  });
  after(() => rig.close());

  const push = (path: string, edit: (text: string) => string): Promise<string> =>
    story.commit("helloWorld", { path, edit, message: `Change ${path}` });
  const failedUp = async (gated: boolean): Promise<string> => {
    const error = await story.up(gated).then(
      () => assert.fail("up went well"),
      (reason: Error) => reason,
    );
    return error.message;
  };

  it("names file, line, run and log of a broken acr-task.yaml, and goes on once it is mended", async () => {
    await push("acr-task.yaml", (text) =>
      text.replace("- id: push\n", "- id: push\n    colour: red\n"),
    );
    const message = await failedUp(false);
    assert.match(message, /Task hello-world: run \w+ ended as Failed: acr-task\.yaml line \d+/);
    assert.match(message, /property "colour"/);
    assert.match(message, /az acr task logs --registry \w+ --run-id \w+/);

    await push("acr-task.yaml", (text) => text.replace("    colour: red\n", ""));
    const { firstRunIds } = await story.up(false);
    const mended = (await story.runs()).find(({ runId }) => runId === firstRunIds.team);
    assert.equal(mended?.status, "Succeeded");
  });

  it("names the step and the instruction of a Dockerfile that fails; the page stays", async () => {
    const colour = await story.pageColour();
    await push("Dockerfile", (text) => `${text.trimEnd()}\nRUN false\n`);
    const message = await failedUp(true);
    assert.match(message, /step "build" failed: build of Dockerfile .*RUN false/);
    assert.equal(await story.pageColour(), colour);
    await push("Dockerfile", (text) => text.replace("RUN false\n", ""));
    await story.up(true);
    await rig.nothingToChange();
  });
});
