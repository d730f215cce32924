// Does not prove how long Azure takes: here each role takes as long as the test says.
import assert from "node:assert/strict";
import { openStoryUnderTest, type StoryUnderTest } from "./storyUnderTest";

const variable = "GATED_IMPORTS_ROLE_DELAY";
const seconds = 8;

describe("roles that take their time, on real parts", function () {
  this.timeout(300_000);
  let rig: StoryUnderTest;
  const delayBefore = process.env[variable];
  before(async () => {
    process.env[variable] = String(seconds);
    rig = await openStoryUnderTest("role-delay");
  });
  after(async () => {
    if (delayBefore === undefined) delete process.env[variable];
    else process.env[variable] = delayBefore;
    await rig.close();
  });

  it("end in one up all the same: runs that a role came too late for are run again", async () => {
    const { story } = rig;
    await story.upWith((settings) => ({ ...settings, vault: { rbac: true } }));
    await story.waitForPage("Blue");
    const failed = (await story.runs()).filter(({ status }) => status !== "Succeeded");
    assert.ok(failed.length > 0, "no run met a role that did not work yet");
    for (const { runErrorMessage = "" } of failed)
      assert.match(runErrorMessage, /StatusCode=403.*InnerError={"code":"ForbiddenByRbac"}/);
    await rig.nothingToChange();
  });
});
