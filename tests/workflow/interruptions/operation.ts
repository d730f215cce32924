/** An operation on a stack under test that can be interrupted: waits for its steps, and for its end. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRunning, markOf } from "../../../local/daemon/processes";
import type { StackSettings } from "../../../local/demo/stackSettings";
import { waitFor } from "../../../local/demo/waiting";
import type { Progress } from "../../../local/pulumi/progress";
import type { StackUnderTest } from "../stackUnderTest";

const checkout = join(__dirname, "..", "..", "..");

export type Kind = "up" | "refreshing-up" | "destroy";
/** What of an operation is killed: Pulumi's engine, the process that runs the program, or the local Azure. */
export type Victim = "engine" | "program" | "daemon";

export interface Ended {
  code: number;
  /** What it says of its failure. */
  stderr: string;
}

export interface Operation {
  /** Waits for a step. @throws Error with what the operation said when it ends without */
  until(what: string, matches: (step: Step) => boolean): Promise<void>;
  /** Sends SIGINT to the process that runs the program, as a terminal's Ctrl-C does. */
  interrupt(): void;
  kill(victim: Victim): Promise<void>;
  /** Waits until the operation has ended, and its engine too. */
  ended: Promise<Ended>;
}

export type Step = Extract<Progress, { kind: "started" | "done" | "failed" }>;

const neverAborted = new AbortController().signal;

/** Starts an operation with settings that differ from the checkout's. */
export function start(
  rig: Pick<StackUnderTest, "stateDir" | "story">,
  kind: Kind,
  settings: Partial<StackSettings> = {},
): Operation {
  const child = spawn(
    process.execPath,
    [
      ...["-r", "ts-node/register/transpile-only", join(__dirname, "operationProcess.ts")],
      ...[rig.stateDir, kind, JSON.stringify(settings)],
    ],
    { env: { ...process.env, TS_NODE_CWD: checkout }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const steps: Step[] = [];
  let stderr = "";
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) steps.push(JSON.parse(line) as Step);
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  let over = false;
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => {
      over = true;
      resolve({ code: code ?? -1, stderr });
    });
  });
  return {
    async until(what, matches) {
      await waitFor(
        () => {
          if (steps.some(matches)) return Promise.resolve(true);
          if (over) assert.fail(`the operation ended without ${what}: ${stderr}`);
          return Promise.resolve(undefined);
        },
        { what, limit: 120_000, signal: neverAborted, every: 10 },
      );
    },
    interrupt: () => void child.kill("SIGINT"),
    async kill(victim) {
      const pid =
        victim === "program"
          ? child.pid
          : victim === "engine"
            ? lockHolder(rig.stateDir)
            : await rig.story.daemonPid();
      assert.ok(pid, `there is no ${victim} to kill`);
      const mark = markOf(pid);
      process.kill(pid, "SIGKILL");
      await waitFor(() => Promise.resolve(isRunning(mark) ? undefined : true), {
        ...{ what: `the end of the ${victim}`, limit: 20_000, signal: neverAborted, every: 10 },
      });
    },
    ended,
  };
}

/** Process id of the engine that has the stack locked. */
export function lockHolder(stateDir: string): number | undefined {
  const folder = join(stateDir, "pulumi", ".pulumi", "locks");
  if (!existsSync(folder)) return undefined;
  const [lock] = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  if (!lock) return undefined;
  return (JSON.parse(readFileSync(join(lock.parentPath, lock.name), "utf8")) as { pid: number })
    .pid;
}
