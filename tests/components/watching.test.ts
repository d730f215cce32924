// Does not prove that Azure tells of a task's triggers so: that was read of its API.
import assert from "node:assert/strict";
import type { GetTaskResult } from "@pulumi/azure-native/containerregistry";
import { watchedBy } from "../../components/parts/firstRun";

describe("a task that should watch", () => {
  const image = { type: "RunTime", registry: "docker.io", repository: "node", tag: "22" };
  const task = (dependencies: object[], source = "Enabled", base = "Enabled"): GetTaskResult =>
    ({
      name: "hello-world",
      step: { baseImageDependencies: dependencies },
      trigger: { sourceTriggers: [{ status: source }], baseImageTrigger: { status: base } },
    }) as unknown as GetTaskResult;

  it("tells the images that it runs for, and not those that only its build used", () => {
    const found = [
      { ...image, digest: "sha256:1" },
      { ...image, type: "BuildTime", repository: "build", digest: "sha256:2" },
    ];
    assert.deepEqual(watchedBy(task(found), false), {
      baseImages: ["docker.io/node:22@sha256:1"],
      sourceTrigger: "Enabled",
      baseImageTrigger: "Enabled",
    });
  });

  const bare = { name: "hello-world" } as unknown as GetTaskResult;
  const faults: [title: string, found: GetTaskResult, message: string][] = [
    [
      "built on no image",
      task([]),
      "Task hello-world did not arm its base image trigger: the run built on no image; its task file needs a build step",
    ],
    [
      "has its source trigger switched off",
      task([image], "Disabled"),
      "Task hello-world does not watch: its source trigger is Disabled, its base image trigger Enabled; run: pulumi up --refresh",
    ],
    [
      "has its base image trigger switched off",
      task([image], "Enabled", "Disabled"),
      "Task hello-world does not watch: its source trigger is Enabled, its base image trigger Disabled; run: pulumi up --refresh",
    ],
    [
      "has lost its triggers",
      { ...task([image]), trigger: undefined } as unknown as GetTaskResult,
      "Task hello-world does not watch: its source trigger is absent, its base image trigger absent; run: pulumi up --refresh",
    ],
  ];
  for (const [title, found, message] of faults) {
    it(`fails the up by name when it ${title}`, () => {
      assert.throws(() => watchedBy(found, false), { message });
    });
    it(`does not keep a preview from showing the way out when it ${title}`, () => {
      assert.doesNotThrow(() => watchedBy(found, true));
    });
  }

  it("shows a preview what it lacks", () => {
    assert.deepEqual(watchedBy(bare, true), {
      baseImages: [],
      sourceTrigger: "absent",
      baseImageTrigger: "absent",
    });
  });
});
