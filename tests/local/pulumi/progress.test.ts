// Does not prove which events the engine sends; the tests of the stack do, with the real one.
import assert from "node:assert/strict";
import type { DiagnosticEvent, EngineEvent } from "@pulumi/pulumi/automation/events";
import { translateEvents, type Progress } from "../../../local/pulumi/progress";

const urn = "urn:pulumi:local::p::a:index:A$command:local:Command::first-run";

function told(event: Partial<DiagnosticEvent>): Progress[] {
  const progress: Progress[] = [];
  const diagnosticEvent = { message: "", color: "never", severity: "info", ...event };
  translateEvents((one) => progress.push(one))({ diagnosticEvent } as EngineEvent);
  return progress;
}

describe("pulumi/progress", () => {
  it("gives a command's lines as they come, with the resource that prints them and their indentation", () => {
    const message = "<{%reset%}>  Step 1/2 \n\nfrom node<{%reset%}>\n";
    const from = { kind: "log", urn, name: "first-run" };
    assert.deepEqual(told({ urn, message, ephemeral: true }), [
      { ...from, line: "  Step 1/2" },
      { ...from, line: "from node" },
    ]);
  });

  it("keeps the engine's own passing remarks and what only a developer reads out of it", () => {
    assert.deepEqual(told({ message: "resolving plugins", ephemeral: true }), []);
    const debug = { severity: "debug" } as unknown as Partial<DiagnosticEvent>;
    assert.deepEqual(told({ urn, message: "GET /", ephemeral: true, ...debug }), []);
  });

  it("gives what stays as a remark on its resource", () => {
    assert.deepEqual(told({ urn, message: " two\nlines ", severity: "warning" }), [
      { kind: "diagnostic", severity: "warning", message: "two\nlines", name: "first-run" },
    ]);
  });
});
