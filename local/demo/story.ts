/**
 * The article's actions and observations on a local Azure, one verb each: what the demo tells, the workflow test
 * asserts and the benchmark times.
 */
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { gitCredentials } from "../cli/personalClients";
import { openOperationDisplay } from "../cli/operationDisplay";
import { isFinished } from "../cli/runWords";
import { openSession, type Session } from "../cli/session";
import type { RunRecord } from "../daemon/types";
import type { Plan } from "../pulumi/plan";
import type { LocalStack, OperationOptions } from "../pulumi/stack";
import { readOutputs, type Role, type StackOutputs } from "./deployment";
import { pushChange, withBackgroundColour, type GitChange } from "./gitChange";
import { readPageColour, sameColour } from "./page";
import {
  baseImageOf,
  changeSettings,
  repositoriesOf,
  withGate,
  type SettingsChange,
} from "./stackSettings";
import { waitFor } from "./waiting";

/** Limits in milliseconds; several times what a slow machine takes. */
const runLimit = 120_000;
const pageLimit = 60_000;

export type { Role, StackOutputs };

export interface RunQuery {
  role: Role;
  /** Runs that are older news. */
  known: ReadonlySet<string>;
  /** Only a run that this commit triggered. */
  commit?: string;
}

export interface Story {
  /** Starts the local Azure; false when it ran already. */
  start(): Promise<boolean>;
  /** `pulumi up`, with the app behind the gate or not. */
  up(gated: boolean): Promise<StackOutputs>;
  /** `pulumi up` with other settings than the checkout's; they hold for the operations after it too. */
  upWith(change: SettingsChange): Promise<StackOutputs>;
  preview(): Promise<Plan>;
  destroy(): Promise<void>;
  /** Stops the local Azure. */
  stop(): Promise<void>;
  /** A new BACKGROUND_COLOR in base-image-node, pushed. Resolves with the commit. */
  commitColour(colour: string): Promise<string>;
  /** Any other change in one of the three repositories. */
  commit(
    repository: "baseImageNode" | "importBaseimageNode" | "helloWorld",
    change: Omit<GitChange, "repository">,
  ): Promise<string>;
  /** Runs of all registries, newest first. */
  runs(): Promise<RunRecord[]>;
  /** Keys of all runs up to now, for `RunQuery.known`. */
  knownRuns(): Promise<ReadonlySet<string>>;
  /** Waits until there is such a run and it has ended. */
  waitForRun(query: RunQuery): Promise<RunRecord>;
  runLog(run: RunRecord): Promise<string>;
  pageColour(): Promise<string | undefined>;
  /** Waits until the page shows the colour. */
  waitForPage(colour: string): Promise<void>;
  /** Digest of the base image in base-artifacts. */
  promotedDigest(): Promise<string | undefined>;
  /** Number of resources in the local Azure. */
  resourceCount(): Promise<number>;
  /** Process id of the daemon. */
  daemonPid(): Promise<number>;
  /** Variables of the local Azure's clients. */
  environment(): Promise<Record<string, string>>;
}

export interface StoryOptions {
  stateDir: string;
  progress: Progress;
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
}

export const runKey = ({ registry, runId }: Pick<RunRecord, "registry" | "runId">): string =>
  `${registry.toLowerCase()}/${runId}`;

export function openStory(options: StoryOptions): Story {
  const { stateDir, progress, signal } = options;
  let session: Session | undefined;
  let outputs: StackOutputs | undefined;
  let change: SettingsChange = (settings) => settings;

  const opened = async (): Promise<Session> => (session ??= await openSession(options));
  const deployed = (): StackOutputs => {
    if (outputs) return outputs;
    throw new Error("the stack is not up");
  };
  const control = async (): Promise<Session["control"]> => (await opened()).control;

  async function operate<T>(
    run: (stack: LocalStack, options: OperationOptions) => Promise<T>,
    { preview = false } = {},
  ): Promise<T> {
    const stack = await (await opened()).stack();
    changeSettings(stateDir, change);
    const display = openOperationDisplay(progress, { preview, logs: "last" });
    try {
      const result = await run(stack, { signal, onProgress: display.onProgress });
      display.done();
      return result;
    } finally {
      display.close();
    }
  }

  async function upWith(wanted: SettingsChange): Promise<StackOutputs> {
    change = wanted;
    outputs = readOutputs(await operate((stack, each) => stack.up(each)));
    return outputs;
  }

  async function findRun({ role, known, commit }: RunQuery): Promise<RunRecord | undefined> {
    const registry = deployed().loginServers[role].split(".")[0];
    const found = (await (await control()).runs()).find(
      (run) =>
        run.registry.toLowerCase() === registry &&
        run.task === deployed().taskNames[role] &&
        !known.has(runKey(run)) &&
        (commit === undefined || run.sourceTrigger?.commitId === commit),
    );
    return found && isFinished(found) ? found : undefined;
  }

  const commit: Story["commit"] = async (repository, change) => {
    const { environment, stackSecrets } = await (await control()).settings();
    const token = stackSecrets["gated-imports:gitToken"] ?? "";
    return await pushChange(
      { repository: repositoriesOf(stateDir)[repository], ...change },
      { environment: { ...environment, ...gitCredentials(stateDir, token) }, signal },
    );
  };

  return {
    start: async () => (await opened()).startedDaemon,
    up: (gated) => upWith(withGate(gated)),
    upWith,
    preview: () => operate((stack, each) => stack.preview(each), { preview: true }),
    destroy: () => operate((stack, each) => stack.destroy(each)),
    async stop() {
      await session?.control.stop();
      session = undefined;
    },
    commitColour: (colour) =>
      commit("baseImageNode", {
        path: "Dockerfile",
        edit: (text) => withBackgroundColour(text, colour),
        message: `Background colour ${colour}`,
      }),
    commit,
    runs: async () => (await control()).runs(),
    knownRuns: async () => new Set((await (await control()).runs()).map(runKey)),
    waitForRun: (query) =>
      waitFor(() => findRun(query), {
        what: `a run of ${deployed().taskNames[query.role]}`,
        limit: runLimit,
        signal,
      }),
    runLog: async (run) => (await (await control()).runLog(run)).text,
    pageColour: () => readPageColour(deployed().pageUrl),
    async waitForPage(colour) {
      const url = deployed().pageUrl;
      await waitFor(
        async () => (sameColour(await readPageColour(url), colour) ? true : undefined),
        {
          what: `${url} to turn ${colour}`,
          limit: pageLimit,
          signal,
          every: 50,
        },
      );
    },
    async promotedDigest() {
      const image = `${deployed().loginServers.baseArtifacts}/${baseImageOf(stateDir)}`;
      return await (await control()).digest(image);
    },
    resourceCount: async () => (await (await control()).status()).resourceCount,
    daemonPid: async () => (await (await control()).status()).pid,
    environment: async () => (await (await control()).settings()).environment,
  };
}
