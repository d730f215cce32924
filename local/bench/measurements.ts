/** One round of the benchmark and what it measured. */
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { runTime } from "../cli/runWords";
import { memoryOf, processesOf } from "../daemon/processes";
import { baseImageOf, repositoriesOf } from "../demo/stackSettings";
import type { Role, StackOutputs, Story } from "../demo/story";
import { waitFor } from "../demo/waiting";
import { workByHand } from "./byHand";
import { deployerLogin } from "./registryLogin";

/** Milliseconds, and bytes for `memory`. */
export interface Round {
  up: number;
  firstRuns: Record<Role, number>;
  preview: number;
  commitToPage: number;
  byHand: number;
  memory: number;
  destroy: number;
}

export interface RoundOptions {
  stateDir: string;
  story: Story;
  progress: Progress;
  signal: AbortSignal;
  stackSecrets: Record<string, string>;
  /** A colour that the gate lets pass and the page does not show yet. */
  colour: string;
}

const quietFor = 3_000;
const quietLimit = 60_000;

/** Up from empty, preview, a commit to the page, the same by hand, memory, destroy. */
export async function measureRound(options: RoundOptions): Promise<Round> {
  const { stateDir, story, progress, signal, colour } = options;
  const timed = async (title: string, work: () => Promise<unknown>): Promise<number> => {
    const step = progress.start(title);
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      step.fail();
      throw error;
    }
    const time = performance.now() - began;
    step.done();
    return time;
  };

  let outputs: StackOutputs | undefined;
  const up = await timed("Up, from empty to the page", async () => {
    outputs = await story.up(true);
    await waitFor(async () => await story.pageColour(), {
      what: `${outputs.pageUrl} to answer`,
      limit: quietLimit,
      signal,
      every: 50,
    });
  });
  if (!outputs) throw new Error("the stack has no outputs");
  const { firstRunIds, loginServers } = outputs;
  const runs = await story.runs();
  const firstRun = (role: Role): number => {
    const run = runs.find(({ runId }) => runId === firstRunIds[role]);
    return (run && runTime(run)) ?? Number.NaN;
  };
  const firstRuns = {
    public: firstRun("public"),
    baseArtifacts: firstRun("baseArtifacts"),
    team: firstRun("team"),
  };
  const preview = await timed("Preview", async () => {
    const { upToDate } = await story.preview();
    if (!upToDate) throw new Error("a preview right after up finds changes");
  });
  const commitToPage = await timed(`Commit to the ${colour} page`, async () => {
    await story.commitColour(colour);
    await story.waitForPage(colour);
  });
  await becomeQuiet(story, signal);
  const memory = memoryOf(processesOf(await story.daemonPid(), stateDir)).reduce(
    (sum, { bytes }) => sum + bytes,
    0,
  );
  const environment = await story.environment();
  const handStep = progress.start("The same by hand");
  const byHand = await workByHand({
    stateDir,
    loginServers,
    repositories: repositoriesOf(stateDir),
    baseImage: baseImageOf(stateDir),
    login: (server) => deployerLogin(server, environment),
    environment,
    stackSecrets: options.stackSecrets,
    signal,
  });
  handStep.done();
  const destroy = await timed("Destroy", () => story.destroy());
  return { up, firstRuns, preview, commitToPage, byHand, memory, destroy };
}

/** Waits until no run is under way and nothing has changed for a while. */
async function becomeQuiet(story: Story, signal: AbortSignal): Promise<void> {
  let quietSince = Date.now();
  await waitFor(
    async () => {
      const busy = (await story.runs()).some(({ status }) =>
        ["Queued", "Started", "Running"].includes(status),
      );
      if (busy) quietSince = Date.now();
      return Date.now() - quietSince >= quietFor ? true : undefined;
    },
    { what: "all runs to end", limit: quietLimit, signal },
  );
}
