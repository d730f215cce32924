// Does not prove that the engine ends in order when it is told; the tests of recovery do.
import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { DeploymentFailed, operate, type EngineListener } from "../../../local/pulumi/operation";

const urn = "urn:pulumi:local::p::a:index:A$command:local:Command::first-run";
const prelude = { preludeEvent: { config: {} } } as EngineEvent;

function failure(message: string, of?: string): EngineEvent {
  const diagnosticEvent = { urn: of, message, color: "never", severity: "error" };
  return { diagnosticEvent } as EngineEvent;
}

async function failed(operation: Promise<unknown>): Promise<DeploymentFailed> {
  const error = await operation.then(
    () => assert.fail("it went well"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof DeploymentFailed);
  return error;
}

describe("pulumi/operation", () => {
  it("tells a failed first run once: the end of the log that has just been shown", async () => {
    const log = Array.from({ length: 20 }, (_, i) => `line ${i + 1}`);
    const error = await failed(
      operate("up", {}, ({ onEvent }) => {
        onEvent(failure(`exit status 1: running "node firstRun.cjs":\n${log.join("\n")}\n`, urn));
        onEvent(failure("update failed"));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, `up failed: first-run:\n${log.slice(8).join("\n")}`);
  });

  it("tells any other failure in full", async () => {
    const error = await failed(
      operate("up", {}, ({ onEvent }) => {
        onEvent(failure('Code="Conflict" Message="taken"', urn));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, 'up failed: first-run: Code="Conflict" Message="taken"');
  });

  it("starts nothing after Ctrl-C", async () => {
    let started = false;
    const run = async (): Promise<void> => void (started = true);
    const error = await failed(operate("up", { signal: AbortSignal.abort() }, run));
    assert.deepEqual(
      [error.interrupted, error.message, started],
      [true, "up was interrupted", false],
    );
  });

  it("takes an operation for interrupted whose last step was done when Ctrl-C came", async () => {
    const abort = new AbortController();
    const run = async ({ onEvent }: { onEvent: EngineListener }): Promise<string> => {
      onEvent(prelude);
      abort.abort();
      return "done";
    };
    const error = await failed(operate("destroy", { signal: abort.signal }, run));
    assert.equal(error.interrupted, true);
  });

  it("brings a Ctrl-C that came while the engine started to it once it speaks, and only once", async () => {
    const abort = new AbortController();
    const error = await failed(
      operate("up", { signal: abort.signal }, ({ onEvent, signal }) => {
        abort.abort();
        let times = 0;
        // What the Automation API does, but not before its process runs.
        signal?.addEventListener("abort", () => times++);
        assert.equal(times, 0);
        onEvent(prelude);
        onEvent(prelude);
        assert.equal(times, 1);
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, "up was interrupted");
  });
});
