// Does not prove the checkout's own policies, only that what a pack says reaches a person.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describeViolations, policyFailure, policyPack } from "../../../local/cli/policyReport";
import type { PolicyViolation } from "../../../local/pulumi/policies";
import type { LocalStack } from "../../../local/pulumi/stack";
import { openRig, type Rig } from "../pulumi/rig";

const pack = join(__dirname, "fixtures", "pack", "run.cjs");

describe("cli/policies", function () {
  this.timeout(60_000);
  let rig: Rig;
  let stack: LocalStack;
  let violations: PolicyViolation[];
  const options = {
    policyPacks: [pack],
    onViolations: (found: PolicyViolation[]) => void (violations = found),
  };

  before(async () => {
    rig = await openRig("program", { "provider-rig:token": "tok-secret-of-the-person" });
    stack = await rig.openStack();
  });
  after(() => rig.close());
  beforeEach(() => (violations = []));

  const failed = (operation: Promise<unknown>): Promise<unknown> =>
    operation.then(
      () => assert.fail("it went well"),
      (error: unknown) => error,
    );

  it("fails a preview for a mandatory policy alone, and names policy and resource", async () => {
    const error = await failed(stack.preview(options));
    assert.deepEqual(
      violations.map(({ level, policy, resource }) => [level, policy, resource?.name]),
      [
        ["advisory", "registry-has-owner", "acr"],
        ["mandatory", "task-has-agent-pool", "task"],
        ["advisory", "one-registry", undefined],
      ],
    );
    assert.match(
      String(policyFailure(violations, error)),
      /mandatory policies are violated: task-has-agent-pool \(containerregistry\.Task task\)$/,
    );
  });

  it("keeps up from making anything at all, also for a policy on the whole stack", async () => {
    const config = join(__dirname, "fixtures", "pack", "wholeStack.json");
    await failed(stack.up({ ...options, policyPackConfigs: [config] }));
    assert.deepEqual(
      violations.map(({ level, policy }) => [level, policy]),
      [
        ["advisory", "registry-has-owner"],
        ["mandatory", "one-registry"],
      ],
    );
    assert.deepEqual([...rig.azure.resources.keys()], []);
  });

  it("says nothing of policies where none were asked for", async () => {
    const plan = await stack.preview({ onViolations: options.onViolations });
    assert.ok(plan.changes.some(({ name }) => name === "task"));
    assert.deepEqual(violations, []);
  });

  it("counts what a preview cannot decide, so that it does not bury what is wrong", () => {
    const undecided = { level: "advisory", policy: "p", message: "can't run policy 'p'" } as const;
    assert.equal(
      describeViolations([undecided, undecided]),
      "Policies: no violation.\nPolicies: 2 checks need values that are known only after up.",
    );
    const wrong = { level: "mandatory", policy: "q", message: "is wrong" } as const;
    const text = describeViolations([undecided, wrong]);
    assert.match(text, /mandatory\s+q\s+the stack\s+is wrong\nPolicies: 1 checks/);
  });

  it("leaves an error that no policy made as it is", () => {
    const error = new Error("no such thing");
    assert.equal(policyFailure([], error), error);
    const advice: PolicyViolation = { level: "advisory", policy: "p", message: "m" };
    assert.equal(policyFailure([advice], error), error);
  });

  it("shows violations as a table, mandatory ones first", () => {
    const resource = { urn: "u", type: "azure-native:containerregistry:Task", name: "hello" };
    const text = describeViolations([
      { level: "advisory", policy: "one", message: "look" },
      { level: "mandatory", policy: "two", message: "no", resource },
    ]);
    const [, , first, second] = text.split("\n");
    assert.match(first ?? "", /^mandatory +two +containerregistry\.Task hello +no/);
    assert.match(second ?? "", /^advisory +one +the stack +look$/);
    assert.equal(describeViolations([]), "Policies: no violation.");
  });

  it("names the file that is missing: the checkout's policies, or their configuration", () => {
    assert.throws(
      () => policyPack("/nowhere", undefined),
      /\/nowhere\/policies\/run\.cjs is missing/,
    );
    const checkout = join(__dirname, "../../..");
    assert.throws(
      () => policyPack(checkout, "no.json"),
      /there is no policy configuration no\.json/,
    );
    assert.deepEqual(policyPack(checkout, __filename).policyPackConfigs, [__filename]);
  });
});
