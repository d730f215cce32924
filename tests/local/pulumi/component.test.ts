// Does not prove anything about the program's own components: only what the engine tells of one.
import assert from "node:assert/strict";
import type { Progress } from "../../../local/pulumi/progress";
import type { LocalStack } from "../../../local/pulumi/stack";
import { openRig, type Rig } from "./rig";

describe("a stack with a component", function () {
  this.timeout(60_000);
  let rig: Rig;
  let stack: LocalStack;

  before(async () => {
    process.env["RIG_PROTECT"] = "yes";
    rig = await openRig("component");
    stack = await rig.openStack();
  });
  after(async () => {
    delete process.env["RIG_PROTECT"];
    delete process.env["RIG_REGISTRY"];
    await rig.close();
  });

  it("tells what a resource prints in passing, which the engine forgets again", async () => {
    const progress: Progress[] = [];
    await stack.up({ onProgress: (event) => progress.push(event) });
    const logs = progress.flatMap((event) =>
      event.kind === "log" ? [[event.name, event.line]] : [],
    );
    assert.deepEqual(logs, [["group", "Step 1/2: FROM node"]]);
  });

  it("refuses to destroy what is protected before anything is deleted, and names the setting", async () => {
    const before = [...rig.azure.resources.keys()];
    rig.azure.requests.length = 0;
    await assert.rejects(stack.destroy(), {
      message:
        "destroy was not begun, as the stack's protection would stop it halfway: Registry acrone; set gated-imports:protect to false in Pulumi.local.yaml, run: npm run local -- up, then: npm run local -- destroy",
    });
    assert.deepEqual([...rig.azure.resources.keys()], before);
    assert.deepEqual(rig.azure.requests, []);
  });

  it("previews a replacement with its component, its name in Azure and what makes it one", async () => {
    delete process.env["RIG_PROTECT"];
    await stack.up();
    process.env["RIG_REGISTRY"] = "acrtwo";
    const { changes, unchanged } = await stack.preview();
    assert.deepEqual(
      changes.map((change) => ({ ...change, urn: "its own" })),
      [
        {
          urn: "its own",
          name: "acr",
          type: "azure-native:containerregistry:Registry",
          operation: "replace",
          azureName: "acrone",
          owner: { type: "rig:index:App", name: "app" },
          properties: [
            {
              path: "registryName",
              kind: "update",
              before: '"acrone"',
              after: '"acrtwo"',
              replaces: true,
            },
          ],
        },
      ],
    );
    assert.equal(unchanged, 3);
  });

  it("destroys it all once the protection is off", async () => {
    await stack.destroy();
    assert.deepEqual([...rig.azure.resources.keys()], []);
  });
});
