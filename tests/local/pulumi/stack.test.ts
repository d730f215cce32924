// Does not prove that the local Azure's own resource manager answers as this fake one does, nor what real plugins do.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openRig, type Rig } from "./rig";
import { objectId } from "./fixtures/fakeAzure";
import type { PlannedChange } from "../../../local/pulumi/plan";
import type { LocalStack } from "../../../local/pulumi/stack";
import type { Progress } from "../../../local/pulumi/progress";

const token = "tok-secret-of-the-person";

describe("the local stack", function () {
  this.timeout(60_000);
  let rig: Rig;
  let stack: LocalStack;
  const progress: Progress[] = [];

  before(async () => {
    rig = await openRig("program", { "provider-rig:token": token });
    stack = await rig.openStack();
  });
  after(() => rig.close());

  const find = (pattern: RegExp): Record<string, unknown> => {
    const [, resource] = [...rig.azure.resources].find(([id]) => pattern.test(id)) ?? [];
    assert.ok(resource, `no resource ${String(pattern)}`);
    return resource;
  };

  it("previews a program before anything exists, with values that only Azure knows", async () => {
    const plan = await stack.preview();
    assert.equal(plan.upToDate, false);
    assert.ok(plan.changes.every(({ operation }) => operation === "create"));
    assert.equal(rig.azure.requests.filter(({ method }) => method === "PUT").length, 0);
  });

  it("brings everything up in one go and gives the outputs, with secret ones marked", async () => {
    const outputs = await stack.up({ onProgress: (event) => progress.push(event) });
    assert.match(String(outputs["loginServer"]?.value), /^acr\w{6}\.azurecr\.io$/);
    assert.deepEqual(outputs["objectId"], { value: objectId, secret: false });
    assert.deepEqual(outputs["passwordOut"], { value: `made-of-${token}`, secret: true });
    const vault = find(/\/vaults\/vault-one$/)["properties"] as Record<string, unknown>;
    assert.deepEqual(vault["accessPolicies"], [
      { objectId, permissions: { secrets: ["get"] }, tenantId: vault["tenantId"] },
    ]);
    assert.equal(find(/roleassignments/)["name"]?.toString().length, 36);
  });

  it("tells the progress of each resource and a summary", () => {
    const of = (kind: Progress["kind"]): Progress[] => progress.filter((one) => one.kind === kind);
    assert.ok(of("started").length >= 12 && of("done").length >= 12);
    const [summary] = of("summary");
    assert.deepEqual(summary?.kind === "summary" && summary.changes, { create: 12 });
    assert.deepEqual(of("diagnostic"), []);
  });

  it("keeps every secret out of state, history, configuration and progress in plain text", () => {
    const files = readdirSync(rig.stateDir, { recursive: true, withFileTypes: true });
    const leaks = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => readFileSync(path, "utf8").includes(token));
    assert.deepEqual(leaks, []);
    assert.ok(!JSON.stringify(progress).includes(token));
  });

  it("says plainly when there is nothing to do", async () => {
    const plan = await stack.preview();
    assert.deepEqual(plan, { changes: [], drift: [], unchanged: plan.unchanged, upToDate: true });
  });

  it("reports a tag that someone changed in Azure, and puts it back", async () => {
    find(/\/registries\/[^/]+$/)["tags"] = { team: "blue" };
    const plan = await stack.preview();
    const [drifted] = plan.drift;
    assert.deepEqual(
      [drifted?.name, drifted?.operation, drifted?.properties],
      ["acr", "update", [{ path: "tags.team", kind: "update", before: '"red"', after: '"blue"' }]],
    );
    assert.deepEqual(
      plan.changes.map(({ name, operation }) => [name, operation]),
      [["acr", "update"]],
    );
    await stack.up();
    // `up` trusts its state, so it needs a refresh to see the drift.
    const { drift } = await stack.refresh();
    assert.deepEqual(
      drift.map(({ name }) => name),
      ["acr"],
    );
    await stack.up();
    assert.deepEqual(find(/\/registries\/[^/]+$/)["tags"], { team: "red" });
    assert.equal((await stack.preview()).upToDate, true);
  });

  it("keeps the access policies of others when the vault itself is updated", async () => {
    find(/\/vaults\/vault-one$/)["tags"] = { by: "hand" };
    await stack.refresh();
    await stack.up();
    const vault = find(/\/vaults\/vault-one$/);
    assert.equal(vault["tags"], undefined);
    const { accessPolicies } = vault["properties"] as { accessPolicies: unknown[] };
    assert.equal(accessPolicies.length, 1);
  });

  it("names drift beside a secret with its values before and now", async () => {
    const task = find(/\/tasks\//)["properties"] as { step: Record<string, unknown> };
    task.step["taskFilePath"] = "other.yaml";
    const { drift } = await stack.preview();
    assert.deepEqual(
      drift.map(({ name, properties }) => [name, properties]),
      [
        [
          "task",
          [
            {
              path: "step.taskFilePath",
              kind: "update",
              before: '"acr-task.yaml"',
              after: '"other.yaml"',
            },
          ],
        ],
      ],
    );
  });

  it("repairs drift in one update that is told to look for it, and tells of it on the way", async () => {
    const found: PlannedChange[] = [];
    await stack.up();
    const task = find(/\/tasks\//)["properties"] as { step: Record<string, unknown> };
    assert.equal(task.step["taskFilePath"], "other.yaml");
    await stack.up({ refresh: true, onDrift: (drift) => found.push(drift) });
    assert.deepEqual(
      found.map(({ name }) => name),
      ["task"],
    );
    assert.equal((await stack.preview()).upToDate, true);
  });

  it("destroys all of it", async () => {
    await stack.destroy();
    assert.deepEqual([...rig.azure.resources.keys()], []);
  });
});
