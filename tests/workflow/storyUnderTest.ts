/** A story on a local Azure of its own, in a folder that goes with it, for `before` and `after` of a workflow test. */
import assert from "node:assert/strict";
import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openProgress } from "@gated-imports/local/setup/progress.cjs";
import { preparePersonalClients } from "../../local/cli/personalClients";
import { controlClient } from "../../local/daemon/controlClient";
import type { RunRecord } from "../../local/daemon/types";
import { openStory, type RunQuery, type Story } from "../../local/demo/story";
import type { LocalStack } from "../../local/pulumi/stack";
import { azureCliForTests } from "../local/tools";

/** Fails unless a preview finds neither changes nor drift. */
export async function assertNothingToChange(stack: Pick<LocalStack, "preview">): Promise<void> {
  const { changes, drift } = await stack.preview();
  assert.deepEqual({ changes, drift }, { changes: [], drift: [] });
}

export interface StoryUnderTest {
  stateDir: string;
  story: Story;
  /** Aborts when the test is over. */
  signal: AbortSignal;
  /** Waits for a run and fails, with its log, unless it ended so. */
  finished(query: RunQuery, status: RunRecord["status"]): Promise<RunRecord>;
  /** Fails unless a preview finds neither changes nor drift. */
  nothingToChange(): Promise<void>;
  /** Variables of a person's shell, signed in. */
  variables(): Promise<Record<string, string>>;
  /** Stops and removes all of it. */
  close(): Promise<void>;
}

/** Starts a local Azure; nothing is up on it yet. */
export async function openStoryUnderTest(name: string): Promise<StoryUnderTest> {
  const stateDir = mkdtempSync(join(tmpdir(), `${name}-`));
  const stop = new AbortController();
  // Each wait of the story listens.
  setMaxListeners(0, stop.signal);
  const progress = openProgress();
  const story = openStory({ stateDir, progress, signal: stop.signal, env: process.env });
  const control = controlClient(stateDir);
  const close = async (): Promise<void> => {
    stop.abort(new Error("the test is over"));
    await control.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  await story.start().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    stateDir,
    story,
    signal: stop.signal,
    async finished(query, status) {
      const run = await story.waitForRun(query);
      assert.equal(run.status, status, `${run.task} ${run.runId}:\n${await story.runLog(run)}`);
      return run;
    },
    nothingToChange: () => assertNothingToChange(story),
    async variables() {
      const settings = await control.settings();
      const az = azureCliForTests();
      return { HOME: stateDir, ...(await preparePersonalClients({ stateDir, settings, az })) };
    },
    close,
  };
}
