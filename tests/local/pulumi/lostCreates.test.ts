// Does not prove that the engine tells these events; recovery.test.ts runs the real one.
import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { watchCreates, withoutSecrets } from "../../../local/pulumi/lostCreates";

const urn = "urn:pulumi:s::p::azure-native:resources:ResourceGroup::group";
const state = {
  ...{ urn, type: "azure-native:resources:ResourceGroup", id: "", parent: "", provider: "p" },
  ...{ inputs: { resourceGroupName: "one" }, outputs: {} },
};

/** What is taken for lost after a create failed with an error that the provider gave, or with none. */
function lost(error: { text: string; answered: boolean }, interrupted: boolean, op = "create") {
  const { onEvent, lost: result } = watchCreates();
  const event = (rest: object): void =>
    onEvent({ sequence: 1, timestamp: 1, ...rest } as EngineEvent);
  event({ diagnosticEvent: { urn, severity: "error", message: error.text, color: "never" } });
  const metadata = { op, urn, type: state.type, provider: "p", new: state };
  event({ resOpFailedEvent: { metadata, status: error.answered ? 2 : 0, steps: 0 } });
  return result(interrupted).map(({ inputs }) => inputs);
}

describe("creates whose end the engine was not told", () => {
  const aborted = (what: string) => ({ text: `${what}: canceled`, answered: true });
  const kept = [state.inputs];

  it("remembers one that the provider did not answer, and one that was interrupted after its PUT", () => {
    assert.deepEqual(
      lost({ text: "error reading from server: EOF", answered: false }, false),
      kept,
    );
    assert.deepEqual(lost(aborted("PUT /subscriptions/s/resourceGroups/one"), true), kept);
    const replacement = lost(aborted("PUT /subscriptions/s"), true, "create-replacement");
    assert.deepEqual(replacement, kept);
  });

  it("never remembers what others made: a refusal, and an interrupt before anything was sent", () => {
    const exists = { text: "cannot create already existing resource '/s'", answered: true };
    assert.deepEqual(lost(exists, false), []);
    assert.deepEqual(lost(exists, true), []);
    assert.deepEqual(lost({ ...exists, answered: false }, false), []);
    assert.deepEqual(lost(aborted("GET /subscriptions/s/resourceGroups/one"), true), []);
    assert.deepEqual(lost({ text: "PUT /s: AlreadyInUse: taken", answered: true }, false), []);
    assert.deepEqual(lost(aborted("PUT /subscriptions/s"), true, "update"), []);
  });

  it("keeps no masked secret, which no stack could read back", () => {
    const masked = {
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      ciphertext: "[secret]",
    };
    const inputs = { name: "one", all: masked, list: [masked, { user: "u", password: masked }] };
    assert.deepEqual(withoutSecrets(inputs), { name: "one", list: [{ user: "u" }] });
  });
});
