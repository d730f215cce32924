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

const root = "urn:pulumi:local::p::pulumi:pulumi:Stack::p-local";
const appUrn = "urn:pulumi:local::p::gated-imports:index:TeamApp::hello-world";
const hostUrn =
  "urn:pulumi:local::p::gated-imports:index:TeamApp$gated-imports:index:AppHost::host";
const groupUrn = `${hostUrn.replace("::host", "")}$azure-native:containerinstance:ContainerGroup::page`;

/** One step as the engine tells it; what is not given is null there. */
function step(op: string, of: string, more: object = {}): EngineEvent {
  const isCustom = of.includes("azure-native") || of.includes("random");
  const parent = { [appUrn]: root, [hostUrn]: appUrn, [groupUrn]: hostUrn }[of] ?? root;
  const state = { parent: of === root ? "" : parent, custom: isCustom, id: "", inputs: {} };
  const metadata = {
    ...{ op, urn: of, type: of.split("::")[2]?.split("$").at(-1) },
    ...{ keys: null, diffs: null, detailedDiff: null },
    ...(op === "create" ? { new: state } : { old: state }),
    ...(op === "delete" || op === "create" ? {} : { new: state }),
    ...more,
  };
  return { resourcePreEvent: { metadata } } as unknown as EngineEvent;
}

function changesOf(...events: EngineEvent[]): PlannedChange[] {
  const { onEvent, plan } = collectPlan();
  events.forEach(onEvent);
  return plan().changes;
}

describe("pulumi/plan", () => {
  it("names the component or app that a resource belongs to, also when all of it goes", () => {
    const suffix = "urn:pulumi:local::p::random:index/randomString:RandomString::suffix";
    const owner = { type: "gated-imports:index:TeamApp", name: "hello-world" };
    const creates = [root, appUrn, hostUrn, groupUrn, suffix].map((urn) => step("create", urn));
    assert.deepEqual(
      changesOf(...creates).map((each) => each.owner),
      [undefined, owner, owner, owner, undefined],
    );
    const deletes = [groupUrn, hostUrn, appUrn].map((urn) => step("delete", urn));
    assert.deepEqual(
      changesOf(...deletes).map((each) => each.owner),
      [owner, owner, owner],
    );
  });

  it("shows what an update or a replacement changes, marks what makes it one, and hides secrets", () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/P/containerGroups/hello-aci";
    const old = { parent: hostUrn, custom: true, id, inputs: { osType: "Linux", token: secret } };
    const now = { ...old, id: "", inputs: { osType: "Windows", token: secret } };
    const detailedDiff = {
      osType: { diffKind: DiffKind.updateReplace, inputDiff: true },
      token: { diffKind: DiffKind.update, inputDiff: true },
    };
    const [change] = changesOf(step("replace", groupUrn, { old, new: now, detailedDiff }));
    assert.equal(change?.azureName, "hello-aci");
    assert.deepEqual(change?.properties, [
      { path: "osType", kind: "update", before: '"Linux"', after: '"Windows"', replaces: true },
      { path: "token", kind: "update", secret: true },
    ]);
  });

  it("finds what changes where a provider does not say, secrets included", () => {
    const old = { parent: root, custom: true, id: "x", inputs: { length: 6, special: false } };
    const now = { ...old, inputs: { length: 8, special: false } };
    const [random] = changesOf(step("replace", groupUrn, { old, new: now, keys: ["length"] }));
    assert.deepEqual(random?.properties, [
      { path: "length", kind: "update", before: "6", after: "8", replaces: true },
    ]);
    const same = { ...old, inputs: { environment: secret } };
    const [command] = changesOf(
      step("update", groupUrn, { old: same, new: same, diffs: ["environment"] }),
    );
    assert.deepEqual(command?.properties, [{ path: "environment", kind: "update", secret: true }]);
  });

  it("says of a resource that Pulumi only forgets that it stays in Azure", () => {
    const old = { parent: root, custom: true, id: "", retainOnDelete: true, inputs: {} };
    assert.equal(changesOf(step("delete", groupUrn, { old }))[0]?.retained, true);
    assert.equal(changesOf(step("delete", groupUrn))[0]?.retained, undefined);
  });

  it("counts as the engine does, which leaves providers out", () => {
    const { onEvent, plan } = collectPlan();
    const provider = "urn:pulumi:local::p::pulumi:providers:random::default";
    [root, appUrn, provider].forEach((each) => onEvent(step("same", each)));
    assert.equal(plan().unchanged, 2);
  });

  it("names drift inside a secret, which only the provider's own diff can see, without its value", () => {
    const changed = { diffKind: DiffKind.update, inputDiff: true };
    const [drift] = driftOf({
      before: { status: "Enabled", trigger: secret },
      after: { status: "Disabled", trigger: secret },
      detailedDiff: { status: changed, "trigger.sourceTriggers[0].status": changed },
    });
    assert.deepEqual(drift?.properties, [
      { path: "status", kind: "update", before: '"Enabled"', after: '"Disabled"' },
      { path: "trigger.sourceTriggers[0].status", kind: "update", secret: true },
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
