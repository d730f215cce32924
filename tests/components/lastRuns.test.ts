// Does not prove that Azure tells its last runs so: the script is tried on real parts elsewhere.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withLastRuns, type TaskStatus } from "../../components/parts/lastRuns";
import type { PublicSimulator } from "../../components/publicSimulator";
import { registryId } from "./azureIds";
import { declare, valueOf, type Circumstances, type Declared } from "./declare";
import { makePlatform, makePublicSimulator } from "./fixtures";

type Status = Record<string, TaskStatus>;

const make = (circumstances?: Circumstances): Promise<Declared<Status>> =>
  declare(() => {
    const { tasks }: PublicSimulator = makePublicSimulator(makePlatform());
    return withLastRuns(tasks);
  }, circumstances);

const id = registryId("publicregistry", "tasks/node-public");
const lookUps = ({ calls }: Declared<Status>) =>
  calls.filter(({ inputs }) => inputs["command"] === "node lastRuns.cjs");

describe("the last runs of the tasks", () => {
  it("are shown by the tasks' names, beside what these watch", async () => {
    const { result } = await make();
    assert.deepEqual(Object.keys(result), ["node-public"]);
    const { lastRun, firstRun } = result["node-public"] ?? assert.fail();
    assert.equal(await valueOf(firstRun), "id-of-node-public-first-run");
    assert.deepEqual(await valueOf(lastRun), {
      run: "ca9",
      status: "Succeeded",
      trigger: "Image Update",
    });
  });

  it("are asked for at once, by a script that is there, and in no log", async () => {
    const [{ inputs } = assert.fail(), ...others] = lookUps(await make());
    assert.equal(others.length, 0);
    const { dir, ...rest } = inputs;
    assert.deepEqual(rest, {
      command: "node lastRuns.cjs",
      environment: { TASK_IDS: JSON.stringify([id]) },
      logging: "none",
    });
    assert.ok(existsSync(join(String(dir), "lastRuns.cjs")));
  });

  it("are asked for by no preview of a stack that is not there yet", async () => {
    assert.deepEqual(lookUps(await make({ preview: true })), []);
    assert.equal(lookUps(await make({ preview: true, deployed: true })).length, 1);
  });

  it("are no error for a task that Azure knows no run of any more", async () => {
    const { result } = await make({ functions: { "command:local:run": () => ({ stdout: "{}" }) } });
    assert.equal(await valueOf(result["node-public"]?.lastRun), undefined);
  });
});
