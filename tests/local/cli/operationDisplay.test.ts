// Does not prove how a terminal shows it; the tests of the progress display do.
import assert from "node:assert/strict";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { openOperationDisplay, type DisplayOptions } from "../../../local/cli/operationDisplay";
import type { Progress } from "../../../local/pulumi/progress";

const step = {
  urn: "urn:1",
  name: "node-public-first-run",
  type: "command:local:Command",
  operation: "create",
};
const log = (line: string): Progress => ({ kind: "log", urn: step.urn, name: step.name, line });
const run: Progress[] = [
  { kind: "started", ...step },
  log("Step 1/2: FROM node"),
  log("pushed"),
  { kind: "done", seconds: 1, ...step },
  { kind: "summary", changes: { create: 1, same: 0 }, seconds: 1 },
];

/** What is on a display that only adds lines, and reports every second of a long step. */
function shown(events: Progress[], options?: DisplayOptions): { text: string; summary: string } {
  let text = "";
  const progress = openProgress({ stream: { write: (part) => (text += part) }, now: () => 0 });
  const display = openOperationDisplay(progress, options);
  events.forEach((event) => display.onProgress(event));
  display.done();
  progress.close();
  return { text, summary: display.summary() };
}

describe("cli/operation display", () => {
  it("shows a first run's log under its name as it comes", () => {
    assert.deepEqual(shown(run), {
      text: [
        "create local.Command node-public-first-run ...",
        "node-public-first-run | Step 1/2: FROM node",
        "node-public-first-run | pushed",
        "create local.Command node-public-first-run: done in 0.0 s",
        "",
      ].join("\n"),
      summary: "1 created",
    });
  });

  it("keeps the demo's own steps readable: of a log only the last line, beside its step", () => {
    const details: string[] = [];
    const done = { update: (text: string) => details.push(text), done: () => undefined };
    const progress = { ...openProgress(), start: () => ({ ...done, fail() {}, stop() {} }) };
    const notes: string[] = [];
    const display = openOperationDisplay(
      { ...progress, note: (line) => notes.push(line) },
      { logs: "last" },
    );
    run.forEach((event) => display.onProgress(event));
    assert.deepEqual([details, notes], [["Step 1/2: FROM node", "pushed"], []]);
  });

  it("never says of a preview's step that it was done", () => {
    const other = { ...step, urn: "urn:2", operation: "replace" };
    const steps: Progress[] = [...run, { kind: "started", ...other }];
    const { text } = shown(steps, { preview: true });
    const remarks = /^node-public-first-run \| .*\n/gm;
    assert.equal(text.replace(remarks, ""), "Preview ...\nPreview: 2 resources, 0.0 s\n");
  });

  it("shows a provider's types without the module that Pulumi puts in twice", () => {
    const random = { ...step, name: "suffix", type: "random:index/randomString:RandomString" };
    const { text } = shown([{ kind: "started", ...random }]);
    assert.equal(text, "create RandomString suffix ...\n");
  });
});
