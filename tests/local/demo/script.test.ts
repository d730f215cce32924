// Does not prove that the workflow works: a stage with actors stands in for the local Azure.
import assert from "node:assert/strict";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { StoryBroken, playEnd, playWorkflow, type StoryRecord } from "../../../local/demo/script";
import type { Role, Story } from "../../../local/demo/story";
import type { RunRecord } from "../../../local/daemon/types";

interface Faults {
  gateIsOpen?: boolean;
  pageLeaks?: boolean;
  leftovers?: number;
  drift?: boolean;
}

/** The workflow in a few variables. */
function stage(faults: Faults = {}): Story {
  const tasks: Record<Role, string> = {
    public: "node-public",
    baseArtifacts: "base-import-node",
    team: "hello-world",
  };
  let gated = false;
  let page = "Blue";
  let validated = "Blue";
  let released = "Blue";
  const runs: RunRecord[] = [];
  const add = (role: Role, status: RunRecord["status"]): void =>
    void runs.unshift({
      registry: role,
      runId: `r${runs.length}`,
      task: tasks[role],
      status,
      createTime: "",
    } as RunRecord);
  const outputs = {
    loginServers: { public: "p.azurecr.io", baseArtifacts: "b.azurecr.io", team: "t.azurecr.io" },
    taskNames: tasks,
    firstRunIds: { public: "r0", baseArtifacts: "r1", team: "r2" },
    pageUrl: "http://127.0.1.2",
    vaultName: "v",
  };
  return {
    start: async () => true,
    upWith: () => Promise.reject(new Error("not played")),
    async up(now) {
      gated = now;
      page = gated ? validated : released;
      add("team", "Succeeded");
      return outputs;
    },
    preview: async () => ({
      changes: [],
      drift: faults.drift
        ? [{ urn: "", name: "contoso", type: "", operation: "update", properties: [] }]
        : [],
      unchanged: 1,
      upToDate: !faults.drift,
    }),
    destroy: async () => undefined,
    stop: async () => undefined,
    async commitColour(colour) {
      released = colour;
      add("public", "Succeeded");
      const passes = faults.gateIsOpen || colour.toLowerCase() !== "red";
      add("baseArtifacts", passes ? "Succeeded" : "Failed");
      if (passes) validated = colour;
      if (!gated || passes) add("team", "Succeeded");
      if (!gated || passes || faults.pageLeaks) page = colour;
      return "commit";
    },
    commit: async () => "commit",
    runs: async () => [...runs],
    knownRuns: async () => new Set(runs.map((run) => `${run.registry.toLowerCase()}/${run.runId}`)),
    async waitForRun({ role, known }) {
      const run = runs.find(
        (each) => each.registry === role && !known.has(`${role.toLowerCase()}/${each.runId}`),
      );
      assert.ok(run, `the script waits for a run of ${role} that never comes`);
      return run;
    },
    runLog: async () => "last line\n",
    pageColour: async () => page,
    async waitForPage(colour) {
      assert.equal(page.toLowerCase(), colour.toLowerCase());
    },
    promotedDigest: async () => `sha256:${validated}`,
    resourceCount: async () => faults.leftovers ?? 0,
    daemonPid: async () => 1,
    environment: async () => ({}),
  };
}

async function play(story: Story): Promise<StoryRecord> {
  const record: StoryRecord = { colours: [], runs: [] };
  const progress = openProgress({ stream: { write: () => undefined }, env: {} });
  await playWorkflow({ story, progress, record });
  await playEnd({ story, progress, record });
  return record;
}

describe("demo/script", () => {
  it("holds when the article's story happens, and tells the page's colour after each step", async () => {
    const { colours, runs } = await play(stage());
    assert.deepEqual(
      colours.map(({ colour }) => colour),
      ["Blue", "Red", "Blue", "Blue", "Green"],
    );
    assert.ok(runs.length >= 9);
  });

  const broken: [string, Faults, RegExp][] = [
    [
      "a gate that lets red pass",
      { gateIsOpen: true },
      /base-import-node ended as Succeeded, not Failed.*\nlast line$/s,
    ],
    [
      "a page that turns red although the gate stopped the image",
      { pageLeaks: true },
      /the page turned RED/,
    ],
    ["a preview that finds changes", { drift: true }, /a preview would change: update contoso/],
    ["a destroy that leaves resources", { leftovers: 2 }, /destroy left 2 resources/],
  ];
  for (const [fault, faults, message] of broken)
    it(`does not take ${fault} for a success`, async () => {
      await assert.rejects(play(stage(faults)), (error: Error) => {
        assert.ok(error instanceof StoryBroken);
        assert.match(error.message, message);
        return true;
      });
    });
});
