// Does not prove that registry and git host report pushes: the tests fire the events by hand.
import assert from "node:assert/strict";
import type { PushEvent } from "../../../local/contracts/containerRegistry";
import { untilKilled } from "./support/fakeContainers";
import { openRig, registryId, repositoryUrl, taskId, until, type Rig } from "./support/rig";

const base = "public.azurecr.io/node:22-alpine";
const push = (digest: string, tag = "22-alpine"): PushEvent => ({
  registry: "public.azurecr.io",
  repository: "node",
  tag,
  digest: `sha256:${digest}`,
});
const task = "steps:\n  - {id: app, build: -t {{.Run.Registry}}/app:1 .}\n";

describe("triggers of task runs", () => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await openRig();
    rig.git.commit({
      "acr-task.yaml": task.replace("build: ", 'build: "').replace(" .}", ' ."}'),
      Dockerfile: `FROM ${base}\n`,
    });
    rig.putTask();
    rig.containers.digests[base] = "sha256:one";
  });
  afterEach(() => rig.close());

  it("does not follow a base image before the task has run", () => {
    rig.pushImage(push("two"));
    assert.deepEqual(rig.runs.list(registryId), []);
  });

  it("runs once for a changed base image, and says which image it was", async () => {
    await rig.run();
    rig.containers.digests[base] = "sha256:two";
    rig.pushImage(push("one"));
    rig.pushImage(push("two", "22-alpine-r1"));
    rig.pushImage(push("two"));
    rig.pushImage(push("two"));
    const [run] = await rig.list(2);
    assert.equal(run?.status, "Succeeded", run?.runErrorMessage);
    assert.equal(run?.runType, "AutoRun");
    assert.deepEqual(run?.imageUpdateTrigger?.images, [push("two")]);
    rig.pushImage(push("two"));
    await rig.list(2);
    assert.equal(rig.runs.trackedBaseImages(taskId)[0]?.digest, "sha256:two");
  });

  it("runs once when one push moves two tags that the task builds on", async () => {
    const lts = "public.azurecr.io/node:lts";
    rig.git.commit({
      "acr-task.yaml":
        "steps:\n  - {build: '-t {{.Run.Registry}}/app:1 .'}\n  - {build: '-f lts -t {{.Run.Registry}}/app:lts .'}\n",
      lts: `FROM ${lts}\n`,
    });
    rig.containers.digests[lts] = "sha256:one";
    await rig.run();
    assert.equal(rig.runs.trackedBaseImages(taskId).length, 2);
    Object.assign(rig.containers.digests, { [base]: "sha256:two", [lts]: "sha256:two" });
    rig.pushImage(push("two"));
    rig.pushImage(push("two", "lts"));
    await rig.list(2);
    await rig.list(2);
  });

  it("keeps following the old base image after a failed run, but does not fail on the same one again", async () => {
    await rig.run();
    rig.containers.answer = (call) => (call.kind === "build" ? 1 : 0);
    rig.pushImage(push("red"));
    assert.equal((await rig.list(2))[0]?.status, "Failed");
    assert.equal(rig.runs.trackedBaseImages(taskId)[0]?.digest, "sha256:one");
    await rig.reopen();
    rig.pushImage(push("red"));
    await rig.list(2);
    rig.containers.answer = () => 0;
    rig.pushImage(push("green"));
    assert.equal((await rig.list(3))[0]?.status, "Succeeded");
  });

  it("runs again when the tag moved after the run had pulled it", async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    rig.containers.answer = async (call) => {
      if (call.kind === "build") await held;
      return 0;
    };
    const { runId } = rig.runs.schedule({ taskId });
    await until(() => rig.containers.names().includes("build"), "the build has begun");
    rig.pushImage(push("two"));
    release();
    await rig.runs.finished(registryId, runId);
    rig.containers.digests[base] = "sha256:two";
    assert.deepEqual((await rig.list(2))[0]?.imageUpdateTrigger?.images, [push("two")]);
  });

  it("runs a pushed commit of the followed branch, whatever the spelling of the URL", async () => {
    rig.putTask({
      trigger: {
        sourceTriggers: [
          {
            name: "source",
            status: "Enabled",
            sourceTriggerEvents: ["commit"],
            sourceRepository: {
              sourceControlType: "Github",
              repositoryUrl: "https://github.com/O/r#main",
              branch: "main",
            },
          },
        ],
      },
    });
    const file = (word: string): object => ({
      "acr-task.yaml": `steps:\n  - {cmd: 'a ${word} {{.Run.Commit}} {{.Run.Branch}}'}\n`,
    });
    const commit = rig.git.commit({ ...file("first") });
    rig.git.commit({ ...file("second") });
    rig.pushCommit({ repositoryUrl, branch: "other", commit });
    rig.pushCommit({ repositoryUrl: "https://github.com/o/x.git", branch: "main", commit });
    rig.pushCommit({ repositoryUrl, branch: "main", commit });
    const [run] = await rig.list(1);
    assert.equal(run?.status, "Succeeded", run?.runErrorMessage);
    assert.equal(run?.sourceTrigger?.commitId, commit);
    assert.equal(run?.sourceTrigger?.branchName, "main");
    const [step] = rig.containers.calls.filter((call) => call.kind === "run");
    assert.deepEqual(step?.container.args, ["first", commit, "main"]);
  });

  it("leaves a disabled task and a disabled trigger alone", async () => {
    await rig.run();
    rig.putTask({ properties: { status: "Disabled" } });
    rig.pushImage(push("two"));
    rig.putTask({ trigger: { baseImageTrigger: { name: "base", status: "Disabled" } } });
    rig.pushImage(push("two"));
    await rig.list(1);
  });

  it("queues a base image update behind a run that is under way", async () => {
    await rig.run();
    rig.containers.answer = (call, options) => (call.kind === "build" ? untilKilled(options) : 0);
    const busy = [1, 2].map(() => rig.runs.schedule({ taskId }).runId);
    rig.pushImage(push("two"));
    rig.pushImage(push("two"));
    const [waiting] = rig.runs.list(registryId);
    assert.equal(waiting?.status, "Queued");
    assert.equal(rig.runs.list(registryId).length, 4);
    for (const runId of [waiting?.runId ?? "", ...busy]) await rig.runs.cancel(registryId, runId);
  });

  it("follows the images of building stages too where the trigger says All, and only then", async () => {
    const builder = "public.azurecr.io/builder:1";
    rig.git.commit({ Dockerfile: `FROM ${builder} AS make\nFROM ${base}\n` });
    rig.containers.digests[builder] = "sha256:one";
    await rig.run();
    assert.deepEqual(
      rig.runs.trackedBaseImages(taskId).map(({ type, repository }) => [type, repository]),
      [
        ["Runtime", "node"],
        ["BuildTime", "builder"],
      ],
    );
    const moved = { ...push("two", "1"), repository: "builder" };
    rig.pushImage(moved);
    await rig.list(1);
    const baseImageTrigger = { name: "base", status: "Enabled", baseImageTriggerType: "All" };
    rig.putTask({ trigger: { baseImageTrigger } });
    rig.pushImage(moved);
    const [run] = await rig.list(2);
    assert.equal(run?.imageUpdateTrigger?.images[0]?.repository, "builder");
  });
});
