// Does not prove anything about the real azure-native plugin: only which failures the engine hands to a program's hooks.
import assert from "node:assert/strict";
import type { Progress } from "../../../local/pulumi/progress";
import { openRig, type Rig } from "./rig";

describe("a program's error hooks", function () {
  this.timeout(60_000);
  let rig: Rig;
  beforeEach(async () => (rig = await openRig("errorHook")));
  afterEach(() => rig.close());

  async function failingUp(): Promise<string[]> {
    const stack = await rig.openStack();
    const progress: Progress[] = [];
    await assert.rejects(stack.up({ onProgress: (event) => progress.push(event) }));
    return progress.map((event) => JSON.stringify(event));
  }

  it("hear of a request that Azure refused", async () => {
    rig.azure.intercept = ({ method, url }) =>
      method === "PUT" && /\/registries\/acrone\?/.test(url)
        ? { status: 409, body: { error: { code: "AlreadyInUse", message: "taken" } } }
        : undefined;
    const lines = await failingUp();
    assert.ok(lines.some((line) => /hook: create of acr: .*AlreadyInUse/.test(line)));
  });

  it("hear of a task run that failed after Azure took it", async () => {
    const status = "https://management.azure.com/operations/1?api-version=2019-06-01-preview";
    rig.azure.intercept = ({ method, url, body }) => {
      const error = { code: "TaskRunFailed", message: "run cb7 failed" };
      if (url === status) return { status: 200, body: { status: "Failed", error } };
      if (method !== "PUT" || !url.includes("/taskRuns/")) return undefined;
      const id = new URL(url).pathname;
      rig.azure.resources.set(id.toLowerCase(), { ...body, id, name: "first-run" });
      const headers = { "azure-asyncoperation": status, "retry-after-ms": "10" };
      return { status: 201, headers, body: { ...body, id } };
    };
    const lines = await failingUp();
    assert.ok(lines.some((line) => /hook: create of run: .*TaskRunFailed/.test(line)));
  });
});
