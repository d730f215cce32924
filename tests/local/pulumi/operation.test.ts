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

  it("tells a failed run without what the program's runtime makes of it", async () => {
    const follows = "resource first-run [command:local:Command] failed to register";
    const frames = "    at /a/runtime/resource.ts:795:40\n    at run (node:internal/q:95:5)\n";
    const error = await failed(
      operate("up", {}, ({ onEvent }) => {
        onEvent(failure('exit status 1: running "node firstRun.cjs":\nrun cb7 failed\n', urn));
        onEvent(
          failure(
            `Unhandled exception: Error: error serializing property "outputs": ${follows}\n${frames}`,
          ),
        );
        onEvent(failure(`error serializing property "outputs": ${follows}`));
        onEvent(failure("update failed"));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, "up failed: first-run: run cb7 failed");
  });

  it("tells a fault of the settings once, however it is wrapped, and each other fault beside it", async () => {
    const faults = "The configuration needs mending:\n  p:apps is missing\n  p:prefix is missing";
    const error = await failed(
      operate("preview", {}, ({ onEvent }) => {
        onEvent(failure(faults));
        onEvent(failure(`Unhandled exception: Error: ${faults}\n    at new A (/a/b.ts:1:2)`));
        onEvent(failure("p:apps is missing"));
        onEvent(failure("the vault is gone"));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, `preview failed: ${faults}\nthe vault is gone`);
  });

  it("tells the same fault of two resources for each", async () => {
    const error = await failed(
      operate("up", {}, ({ onEvent }) => {
        onEvent(failure("taken", urn.replace("first-run", "other-registry")));
        onEvent(failure("taken", urn.replace("first-run", "registry")));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, "up failed: other-registry: taken\nregistry: taken");
  });

  it("says that a resource did not register where nothing else is said", async () => {
    const follows = "resource first-run [command:local:Command] failed to register";
    const error = await failed(
      operate("up", {}, ({ onEvent }) => {
        onEvent(failure(`Unhandled exception: Error: ${follows}`));
        onEvent(failure(follows));
        return Promise.reject(new Error("code: 255"));
      }),
    );
    assert.equal(error.message, `up failed: ${follows}`);
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
