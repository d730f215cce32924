// Does not prove that a stack reference works across Pulumi organisations: both stacks share a backend here.
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { controlClient } from "../../local/daemon/controlClient";
import { readPageColour } from "../../local/demo/page";
import type { Story } from "../../local/demo/story";
import { waitFor } from "../../local/demo/waiting";
import { serveProviders, type ServedProviders } from "../../local/pulumi/providers";
import { openStack, type LocalStack } from "../../local/pulumi/stack";
import { entryPointOf } from "../examples/entryPoint";
import { pulumiForTests } from "../local/tools";
import { assertNothingToChange, openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

/** What `pulumi -C examples/team-stack` runs. */
const example = dirname(entryPointOf(join(__dirname, "../../examples/team-stack")));

describe("an app in a stack of its own", function () {
  this.timeout(180_000);
  this.bail(true);
  let rig: StoryUnderTest;
  let story: Story;
  let pageUrl: string;

  let providers: ServedProviders;

  const teamStack = async (): Promise<LocalStack> => {
    const { environment, stackSecrets } = await controlClient(rig.stateDir).settings();
    return await openStack({
      stateDir: rig.stateDir,
      programDir: example,
      pulumiBinary: pulumiForTests(),
      debugProviders: providers.debugProviders,
      environment,
      secrets: { "team-stack:gitToken": stackSecrets["gated-imports:gitToken"] ?? "" },
    });
  };

  before(async () => {
    rig = await openStoryUnderTest("team-stack");
    story = rig.story;
    await story.up(true);
    const { environment } = await controlClient(rig.stateDir).settings();
    // Pulumi starts plugins where the program is; those of the daemon are in the checkout.
    providers = await serveProviders({
      environment: () => environment,
      log: () => undefined,
      workingDirectory: example,
    });
  });
  after(async () => {
    await providers.stop();
    await rig.close();
  });

  it("comes up on the base artifacts that the company's stack exports", async () => {
    const outputs = await (await teamStack()).up({ signal: rig.signal });
    pageUrl = String(outputs["pageUrl"]?.value);
    const tasks = outputs["acrTasks"]?.value as Record<string, { registry: string }>;
    assert.match(tasks["shop-window"]?.registry ?? "", /^shopshopwindow\w{6}$/);
    assert.equal(await readPageColour(pageUrl), "Blue");
  });

  it("has nothing to change afterwards", async () => {
    await assertNothingToChange(await teamStack());
  });

  it("follows what passes the company's gate", async () => {
    await story.preview();
    await story.commitColour("Green");
    const isGreen = async (): Promise<true | undefined> =>
      (await readPageColour(pageUrl)) === "Green" ? true : undefined;
    await waitFor(isGreen, {
      what: `${pageUrl} to turn Green`,
      limit: 90_000,
      signal: rig.signal,
    });
  });

  it("goes without touching the company's stack", async () => {
    await (await teamStack()).destroy({ signal: rig.signal });
    await rig.nothingToChange();
  });
});
