// Does not prove each moment at which an operation can end: the ones here are those that are hard to repair.
import assert from "node:assert/strict";
import { changeSettings } from "../../local/demo/stackSettings";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";
import { start, type Operation, type Step, type Victim } from "./interruptions/operation";

/** All rows with GATED_IMPORTS_SOAK, as `npm run soak` has it; else those that differ most. */
const whole = process.env["GATED_IMPORTS_SOAK"] !== undefined;

describe("an operation that is cut off, on real parts", function () {
  this.timeout(300_000);
  let rig: StackUnderTest;
  const baseImages = ["node"];
  const source = "https://github.com/importing-public-content/hello-world.git#main";
  const helloWorld = { name: "hello-world", source, baseImages, gated: true };
  const added = { apps: [helloWorld, { ...helloWorld, name: "hello-again" }] };

  before(async () => {
    rig = await openStackUnderTest();
    await succeeds(start(rig, "up"));
  });
  after(() => rig.close());

  const succeeds = async (operation: Operation): Promise<void> => {
    const { code, stderr } = await operation.ended;
    assert.equal(code, 0, stderr);
  };

  const moments: [where: string, matches: (step: Step) => boolean][] = [
    ["a first run", ({ name }) => name === "hello-again-first-run"],
    ["a token password", ({ name }) => name === "hello-again-pull-password"],
    ["a vault secret", ({ name, operation }) => name === "github-token" && operation === "update"],
  ];
  const few = ["engine in a first run", "program in a token password", "daemon in a vault secret"];
  for (const victim of ["engine", "program", "daemon"] as Victim[])
    for (const [where, matches] of moments) {
      if (!whole && !few.includes(`${victim} in ${where}`)) continue;
      it(`goes on with the next up when the ${victim} was killed in ${where}`, async () => {
        const operation = start(rig, "up", added);
        await operation.until(where, matches);
        await operation.kill(victim);
        assert.notEqual((await operation.ended).code, 0);
        await succeeds(start(rig, "up", added));
        await previewed(added);
        // And away with it again, for the next.
        await succeeds(start(rig, "up"));
      });
    }

  async function previewed(settings: object): Promise<void> {
    const stack = await rig.stack();
    changeSettings(rig.stateDir, (others) => ({ ...others, ...settings }));
    await assertNothingToChange(stack);
  }
});
