// Does not prove that the engine sends these events; the tests of the stack do, with the real one.
import assert from "node:assert/strict";
import { DiffKind, type EngineEvent, type PropertyDiff } from "@pulumi/pulumi/automation/events";
import { collectPlan, type PlannedChange } from "../../../local/pulumi/plan";

const urn = "urn:pulumi:local::p::m:index:Team$azure-native:containerregistry:Task::hello";
const secret = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};

interface Refreshed {
  before: object;
  after?: object;
  detailedDiff?: Record<string, PropertyDiff>;
}

/** The events of one refreshed resource, with what a plan reads of them. */
function refreshed({ before, after, detailedDiff }: Refreshed): EngineEvent[] {
  const metadata = {
    ...{ op: "refresh", urn, type: "azure-native:containerregistry:Task", detailedDiff },
    old: { inputs: before },
    ...(after ? { new: { inputs: after } } : {}),
  };
  const events = [{ resourcePreEvent: { metadata } }, { resOutputsEvent: { metadata } }];
  return events as unknown as EngineEvent[];
}

function driftOf(change: Refreshed, ignored: string[] = []): PlannedChange[] {
  const told: PlannedChange[] = [];
  const { onEvent, plan } = collectPlan(new Map([[urn, ignored]]), (found) => told.push(found));
  refreshed(change).forEach(onEvent);
  assert.deepEqual(plan().drift, told);
  return told;
}

describe("pulumi/plan", () => {
  it("names drift inside a secret, which only the provider's own diff can see, without its value", () => {
    const changed = { diffKind: DiffKind.update, inputDiff: true };
    const [drift] = driftOf({
      before: { status: "Enabled", trigger: secret },
      after: { status: "Disabled", trigger: secret },
      detailedDiff: { status: changed, "trigger.sourceTriggers[0].status": changed },
    });
    assert.deepEqual(drift?.properties, [
      { path: "status", kind: "update", before: '"Enabled"', after: '"Disabled"' },
      { path: "trigger.sourceTriggers[0].status", kind: "update" },
    ]);
  });

  it("takes no difference for drift that only the outputs have, or that the program leaves to others", () => {
    const outputs = { creationDate: { diffKind: DiffKind.update, inputDiff: false } };
    assert.deepEqual(driftOf({ before: {}, after: {}, detailedDiff: outputs }), []);
    const image = { "containers[0].image": { diffKind: DiffKind.update, inputDiff: true } };
    const inputs = { before: { containers: [{ image: "a" }] }, after: { containers: [{}] } };
    assert.deepEqual(driftOf({ ...inputs, detailedDiff: image }, ["containers"]), []);
  });

  it("tells a resource that is gone from one that was changed", () => {
    const [drift] = driftOf({ before: { status: "Enabled" } });
    assert.deepEqual([drift?.name, drift?.operation, drift?.properties], ["hello", "delete", []]);
  });
});
