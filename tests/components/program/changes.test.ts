// Does not prove that Azure runs a task when told to: only which tasks it is told to run.
import assert from "node:assert/strict";
import type { Declared } from "../declare";
import { newRuns, variablesOf } from "../firstRuns";
import { node, run, shop, type Outputs } from "./program";

const images = [node, { ...node, name: "python", tag: "3.13" }];
const apps = [shop, { ...shop, name: "py-shop", baseImages: ["python"] }];
const settings = { baseImages: images, apps };

describe("a change of the settings", () => {
  let unchanged: Declared<Outputs>;
  before(async () => {
    unchanged = await run(settings);
  });

  /** The task runs that the change makes anew. */
  async function runsAfter(change: Record<string, unknown>): Promise<string[]> {
    const after = await run({ ...settings, ...change });
    const urns = ({ all }: Declared<Outputs>): string[] =>
      all.map(({ urn }) => urn).filter((urn) => !urn.endsWith("-promoted"));
    assert.deepEqual(urns(after).sort(), urns(unchanged).sort(), "nothing comes or goes");
    return newRuns(unchanged, after);
  }
  const imageChange = (change: object): object => ({
    baseImages: [images[0], { ...images[1], ...change }],
  });
  const appChange = (change: object): object => ({ apps: [apps[0], { ...apps[1], ...change }] });

  const cases: [title: string, change: object, runs: string[]][] = [
    [
      "of logins, keeping, protection or a schedule runs nothing",
      {
        ...imageChange({ schedule: "0 4 * * *" }),
        gitToken: "another-token",
        dockerHubPassword: "another",
        registries: { retentionDays: 30 },
        protect: true,
      },
      [],
    ],
    ["that puts the gate up for an app runs that alone", appChange({ gated: false }), ["py-shop"]],
    [
      "of a gate's repository and an app's runs those two",
      { ...imageChange({ gate: `${node.gate}2` }), ...appChange({ source: `${shop.source}2` }) },
      ["base-import-python", "py-shop"],
    ],
    [
      "of the tags runs the apps, which put them on what they deploy",
      { tags: { owner: "web" } },
      ["py-shop", "web-shop"],
    ],
    [
      "that pins an image runs its gate alone, whose push starts the apps",
      imageChange({ pin: "gc1" }),
      ["base-import-python"],
    ],
    [
      "of a tag runs all that the image goes through",
      imageChange({ tag: "3.14" }),
      ["base-import-python", "py-shop", "python-public"],
    ],
  ];
  for (const [title, change, runs] of cases)
    it(title, async () => {
      assert.deepEqual(await runsAfter(change as Record<string, unknown>), runs);
    });

  it("that rotates the tokens asks for another password of each", async () => {
    const given = ({ kinds }: Declared<Outputs>, variable: string): unknown[] =>
      kinds("Command")
        .filter(({ inputs }) => inputs["create"] === "node tokenPassword.cjs")
        .map((one) => variablesOf(one)[variable]);
    const generations = (declared: Declared<Outputs>): unknown[] => given(declared, "GENERATION");
    assert.deepEqual(generations(unchanged), Array(4).fill("first"));
    const after = await run({ ...settings, tokens: { rotated: "2026-11-24", validDays: 30 } });
    assert.deepEqual(generations(after), Array(4).fill("2026-11-24"));
    assert.deepEqual(given(after, "VALID_DAYS"), Array(4).fill("30"));
  });
});
