// Does not prove that a tag moves back: the gate's acr-task.yaml does that, tried on real parts elsewhere.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { BaseArtifacts, ImportedImage } from "../../components/baseArtifacts";
import { wantedTag } from "../../components/parts/pinnedImage";
import * as pulumi from "@pulumi/pulumi";
import { unknown } from "./declaration";
import { declare, valueOf, type Circumstances, type Declared } from "./declare";
import { variablesOf } from "./firstRuns";
import { makeBaseArtifacts, makePlatform, makePublicSimulator, node, setValues } from "./fixtures";

const bad = `sha256:${"b".repeat(64)}`;
const worse = `sha256:${"c".repeat(64)}`;

const make = (
  image: Partial<ImportedImage>,
  circumstances?: Circumstances,
  others: Partial<ImportedImage>[] = [],
): Promise<Declared<BaseArtifacts>> =>
  declare(() => {
    const platform = makePlatform();
    return makeBaseArtifacts(platform, makePublicSimulator(platform), [image, ...others]);
  }, circumstances);

const firstRun = ({ the }: Declared<BaseArtifacts>) =>
  the("Command", "base-import-node-first-run").inputs;
const taskValues = ({ the }: Declared<BaseArtifacts>) =>
  setValues(the("Task", "base-import-node").inputs);
const runVariables = (declared: Declared<BaseArtifacts>) =>
  variablesOf({ inputs: firstRun(declared) });
/** What the run looks for before it takes the stable tag back. */
const search = (declared: Declared<BaseArtifacts>): Record<string, string> =>
  JSON.parse(String(runVariables(declared)["RESTORE"])) as Record<string, string>;

describe("a pinned base image", () => {
  let free: Declared<BaseArtifacts>;
  let pinned: Declared<BaseArtifacts>;
  before(async () => {
    free = await make({});
    pinned = await make({ pin: "gc1" });
  });

  it("is pinned for every later run too, so that no promotion moves the stable tag", () => {
    assert.equal(taskValues(pinned)["PIN"], "gc1");
    assert.ok(!("REJECT" in taskValues(pinned)), "an empty value is no value to Azure");
  });

  it("goes back now, in a run that asks the gate nothing", () => {
    assert.deepEqual(search(pinned), {
      LOGIN_SERVER: "baseartifacts.azurecr.io",
      REPOSITORY: "node",
      TAG: "22-alpine",
      STABLE_TAGS: "22-alpine",
      PIN: "gc1",
      REJECT: "",
    });
    assert.ok(!("RESTORE" in runVariables(free)));
    assert.ok(
      pinned
        .the("Command", "base-import-node-first-run")
        .waitsFor.has("Command base-import-node-promoted"),
    );
  });

  it("runs its task when the pin is set, when it is another, and when it is taken away", async () => {
    const other = await make({ pin: "gc2" });
    const reasons = [free, pinned, other].map((one) => JSON.stringify(runVariables(one)));
    assert.equal(new Set(reasons).size, 3);
  });

  it("is looked for among the promotions of its own tag", () => {
    const { dir, ...rest } = pinned.the("Command", "base-import-node-promoted").inputs;
    assert.deepEqual(rest, {
      create: "node promotedImage.cjs",
      environment: {
        LOGIN_SERVER: "baseartifacts.azurecr.io",
        REGISTRY_CREATED: "2026-01-01T00:00:00Z",
        REPOSITORY: "node",
        TAG: "22-alpine",
        STABLE_TAGS: "22-alpine",
        PIN: "gc1",
        REJECT: "",
      },
      logging: "none",
    });
    assert.ok(existsSync(join(String(dir), "promotedImage.cjs")));
  });

  it("is in the task only once its promotion was found: a pin to nothing leaves the task as it was", () => {
    assert.ok(
      pinned.the("Task", "base-import-node").waitsFor.has("Command base-import-node-promoted"),
    );
    assert.ok(
      !free.the("Task", "base-import-node").waitsFor.has("Command base-import-node-promoted"),
    );
  });

  it("is not mistaken for another image's stable tag that begins alike", async () => {
    const declared = await make({ pin: "gc1" }, {}, [
      { name: "node-slim", tag: "22-alpine-slim" },
      { name: "python", repository: "python", tag: "22-alpine-next" },
    ]);
    const { environment } = declared.the("Command", "base-import-node-promoted").inputs;
    assert.equal(
      (environment as Record<string, string>)["STABLE_TAGS"],
      "22-alpine 22-alpine-slim",
    );
    assert.equal(declared.kinds("Command").filter(({ name }) => /promoted/.test(name)).length, 1);
  });

  it("leaves other images' runs alone", async () => {
    const others = [{ name: "python", repository: "python" }];
    const [before, after] = [await make({}, {}, others), await make({ pin: "gc1" }, {}, others)];
    const run = (declared: Declared<BaseArtifacts>) =>
      declared.the("Command", "base-import-python-first-run").inputs;
    assert.deepEqual(run(after), run(before));
  });

  it("can be previewed before anything exists", async () => {
    const preview = await make({ pin: "gc1" }, { preview: true });
    assert.equal(runVariables(preview)["RESTORE"], unknown);
    assert.equal(taskValues(preview)["PIN"], unknown);
  });
});

describe("a rejected digest", () => {
  let rejected: Declared<BaseArtifacts>;
  before(async () => {
    rejected = await make({ reject: [bad, worse] });
  });

  it("is known to the gate in every later run", () => {
    assert.equal(taskValues(rejected)["REJECT"], `${bad} ${worse}`);
    assert.ok(!("PIN" in taskValues(rejected)));
  });

  it("loses the stable tag to the newest image that is not rejected", () => {
    const { environment } = rejected.the("Command", "base-import-node-promoted").inputs;
    assert.equal((environment as Record<string, string>)["REJECT"], `${bad} ${worse}`);
    assert.equal(search(rejected)["REJECT"], `${bad} ${worse}`);
    assert.equal(search(rejected)["PIN"], "");
  });

  it("moves apps that are pinned to it, or to a run that promoted it", async () => {
    const gone = ["gc6", bad, worse];
    assert.deepEqual(await valueOf(rejected.result.rejected["node"] ?? []), gone);
    assert.deepEqual(
      (await valueOf(rejected.result.forApps)).rejected,
      { node: gone },
      "apps in other stacks too",
    );
  });
});

describe("the tag that a pinned app builds on", () => {
  const rejected = { node: pulumi.output(["gc6", worse]) };
  const cases: [title: string, pin: string, tag: string][] = [
    ["is the run's own", "gc1", "22-alpine-gc1"],
    ["names the digest too where that is the pin", bad, `22-alpine@${bad}`],
    ["is the stable one where the run's image is rejected since", "gc6", "22-alpine"],
    ["is the stable one where the digest is rejected since", worse, "22-alpine"],
  ];
  for (const [title, pin, tag] of cases)
    it(title, async () => {
      assert.equal(await valueOf(wantedTag(node, pin, { rejected })), tag);
    });

  it("is the run's own where nothing of the image was ever rejected", async () => {
    assert.equal(await valueOf(wantedTag(node, "gc6", { rejected: {} })), "22-alpine-gc6");
  });
});
