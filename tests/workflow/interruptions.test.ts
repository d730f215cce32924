// Does not prove each moment at which an operation can end: the ones here are those that are hard to repair.
import assert from "node:assert/strict";
import { changeSettings } from "../../local/demo/stackSettings";
import { openStackUnderTest, type StackUnderTest } from "./stackUnderTest";
import { assertNothingToChange } from "./storyUnderTest";
import {
  start,
  type Kind,
  type Operation,
  type Step,
  type Victim,
} from "./interruptions/operation";

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

  /** Cuts an operation off, and looks whether plain ups get over it: with the settings that it had, and back again. */
  async function cutOff(
    kind: Kind,
    { settings = {}, at, how }: { settings?: object; at: Moment; how: Victim | "Ctrl-C" },
  ): Promise<void> {
    const operation = start(rig, kind, settings);
    await operation.until(at.what, at.matches);
    if (how === "Ctrl-C") operation.interrupt();
    else await operation.kill(how);
    const { code, stderr } = await operation.ended;
    if (how === "Ctrl-C") assert.equal(code, 130, stderr);
    else assert.notEqual(code, 0, "it was over before");
    await succeeds(start(rig, "up", settings));
    await previewed(settings);
    if (Object.keys(settings).length > 0) await succeeds(start(rig, "up"));
  }

  interface Moment {
    what: string;
    matches: (step: Step) => boolean;
    settings?: object;
  }
  const begun = (name: string) => (step: Step) => step.kind === "started" && step.name === name;
  const inUp: Moment[] = [
    { what: "a first run", matches: begun("hello-again-first-run"), settings: added },
    { what: "a token password", matches: begun("hello-again-pull-password"), settings: added },
    {
      what: "a vault secret",
      matches: begun("github-token"),
      settings: { tags: { owner: "web" } },
    },
  ];
  const inDestroy: Moment[] = [
    { what: "its first step", matches: ({ kind }) => kind === "started" },
    {
      what: "the end of the vault with its secrets",
      matches: ({ kind, name, type }) =>
        kind === "done" && name === "vault" && type.endsWith(":Vault"),
    },
  ];
  /** What `npm test` runs of them. */
  const few = [
    "up: engine, a first run",
    "up: program, a token password",
    "up: daemon, a vault secret",
    "destroy: engine, the end of the vault with its secrets",
  ];
  for (const how of ["engine", "program", "daemon", "Ctrl-C"] as const)
    for (const [kind, moments] of [
      ["up", inUp],
      ["destroy", inDestroy],
    ] as const)
      for (const at of moments) {
        if (!whole && !few.includes(`${kind}: ${how}, ${at.what}`)) continue;
        const cause = how === "Ctrl-C" ? "Ctrl-C came" : `the ${how} was killed`;
        it(`goes on with the next up when ${cause} in ${kind} at ${at.what}`, () =>
          cutOff(kind, { at, how, ...(at.settings ? { settings: at.settings } : {}) }));
      }

  const failed = async (settings: object, said: RegExp): Promise<void> => {
    const { code, stderr } = await start(rig, "up", settings).ended;
    assert.equal(code, 1, stderr);
    assert.match(stderr, said);
  };
  const node = {
    name: "node",
    tag: "22-alpine",
    source: "https://github.com/importing-public-content/base-image-node.git#main",
    gate: "https://github.com/importing-public-content/import-baseimage-node.git#main",
  };

  it("goes on once a first run's tag is one that there is", async () => {
    const settings = { baseImages: [{ ...node, tag: "no-such-tag" }] };
    await failed(settings, /node-public-first-run:[^]*run \w+ ended as Failed/);
    await succeeds(start(rig, "up"));
    await previewed({});
  });

  it("goes on once a first run's task file is mended", async () => {
    const settings = { baseImages: [{ ...node, reject: [`sha256:${"0".repeat(64)}`] }] };
    let whole = "";
    const commit = (message: string, edit: (text: string) => string): Promise<string> =>
      rig.story.commit("importBaseimageNode", { path: "acr-task.yaml", edit, message });
    await commit("Break the task file", (text) => {
      whole = text;
      return "version: v1.1.0\nsteps: [\n";
    });
    await failed(settings, /base-import-node-first-run:[^]*run \w+ ended as Failed/);
    await commit("Mend the task file", () => whole);
    await succeeds(start(rig, "up", settings));
    await previewed(settings);
  });

  async function previewed(settings: object): Promise<void> {
    const stack = await rig.stack();
    changeSettings(rig.stateDir, (others) => ({ ...others, ...settings }));
    await assertNothingToChange(stack);
  }
});
