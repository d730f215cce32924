/** The life of runs: queued, running, ended; and what the resource manager may ask about them. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GitHost } from "../contracts/gitHost";
import type { ResourceStore } from "../contracts/resources";
import type { Log, Service } from "../contracts/service";
import type { Run, RunStatus, RunTrigger, RunValue, TaskRuns } from "../contracts/tasks";
import { messageOf, RunFailed, RunRefused } from "./failure";
import { createLogBlobs } from "./logBlobs";
import { executeRun, type RunServices } from "./runExecution";
import { openRunLog, type RunLog } from "./runLog";
import { findTask, type RunnableTask } from "./runnableTask";
import { createRunQueue } from "./runQueue";
import { isFinal, openRunRegister, type StoredRun } from "./runRegister";
import { openTimers, systemClock, type Clock } from "./timers";
import { openTriggers, triggeredSource } from "./triggers";

/** Runs at once. A laptop has few cores; waiting runs keep their order. */
const places = 2;

export interface TaskRunsOptions extends Omit<RunServices, "mountsFolder"> {
  stateDir: string;
  resources: ResourceStore;
  gitHost: GitHost;
  log: Log;
  /** Default: the system's. */
  clock?: Clock;
}

export type TaskRunsService = TaskRuns & {
  /** The blob storage that run logs are read from. */
  service: Service;
};

/** Why a run was made to end early. */
type Ending = "Canceled" | "Timeout" | "Stopped";

interface ActiveRun {
  stored: StoredRun;
  end(ending: Ending): void;
  finished: Promise<void>;
}

/** The end of a run: its status, and a message unless the status says it all. */
interface Outcome {
  status: RunStatus;
  message?: string;
}

const causeOf = ({ sourceTrigger, timerTrigger }: RunTrigger): string => {
  if (sourceTrigger) return "a commit";
  return timerTrigger ? `timer ${timerTrigger.timerTriggerName}` : "a base image update";
};

const registryNameOf = (registryId: string): string =>
  (registryId.split("/").at(-1) ?? "").toLowerCase();

const rerun = ({ registryId, run }: StoredRun): string =>
  `run the task again: az acr task run -r ${registryNameOf(registryId)} -n ${run.task}`;

/** Opens the runs kept below `stateDir`; runs that a crash interrupted become Error. */
export async function openTaskRuns(options: TaskRunsOptions): Promise<TaskRunsService> {
  const { stateDir, resources, registries, gitHost, log } = options;
  const logsFolder = join(stateDir, "logs");
  const mountsFolder = join(stateDir, "mounts");
  rmSync(mountsFolder, { recursive: true, force: true });
  for (const folder of [logsFolder, mountsFolder]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  const services: RunServices = { ...options, mountsFolder };
  const register = openRunRegister(stateDir);
  const queue = createRunQueue(places);
  const active = new Map<StoredRun, ActiveRun>();
  let stopping = false;

  const logPath = (registryName: string, runId: string): string =>
    join(logsFolder, registryName.toLowerCase(), `${runId}.log`);

  for (const stored of register.all().filter(({ run }) => !isFinal(run.status))) {
    const message = `the local Azure stopped while this run was under way; ${rerun(stored)}`;
    const runLog = openLog(stored);
    finish(stored, runLog, { status: "Error", message });
    runLog.close();
    log(`run ${stored.run.runId} of ${stored.run.task} ended as Error: ${message}`);
  }

  function openLog({ registryId, run }: StoredRun): RunLog {
    const path = logPath(registryNameOf(registryId), run.runId);
    mkdirSync(join(path, ".."), { recursive: true, mode: 0o700 });
    return openRunLog(path);
  }

  /** Writes the last line of the log, then the final status: readers take the status as the log's end. */
  function finish(stored: StoredRun, runLog: RunLog, { status, message }: Outcome): void {
    const { runId, startTime, createTime } = stored.run;
    const now = new Date();
    const seconds = Math.round((now.getTime() - Date.parse(startTime ?? createTime)) / 1000);
    const masked = message === undefined ? undefined : runLog.mask(message);
    const endings: Partial<Record<RunStatus, string>> = {
      Succeeded: `was successful after ${seconds}s`,
      Canceled: `was canceled after ${seconds}s`,
      Timeout: `timed out after ${seconds}s. Error: ${masked}`,
    };
    runLog.plain(
      `\nRun ID: ${runId} ${endings[status] ?? `failed after ${seconds}s. Error: ${masked}`}`,
    );
    register.update(stored, {
      status,
      finishTime: now.toISOString(),
      ...(masked === undefined ? {} : { runErrorMessage: masked }),
    });
  }

  const endedEarly = (stored: StoredRun, task: RunnableTask, ending: Ending): Outcome => {
    if (ending === "Canceled") return { status: "Canceled" };
    return ending === "Timeout"
      ? {
          status: "Timeout",
          message: `the run took longer than the task's timeout of ${task.timeout} s; raise it or make the run shorter`,
        }
      : { status: "Error", message: `the local Azure was stopped; ${rerun(stored)}` };
  };

  /** Runs the task and says how it ended. Never rejects. */
  async function carryOut(
    stored: StoredRun,
    order: { task: RunnableTask; values: readonly RunValue[]; runLog: RunLog; signal: AbortSignal },
  ): Promise<Outcome> {
    const { task, values, runLog, signal } = order;
    const { run } = stored;
    try {
      const source = triggeredSource(task, run);
      const result = await executeRun(services, { task, run, values, source, log: runLog, signal });
      const { outputImages, pushedImages } = result;
      register.update(stored, { outputImages, pushedImages });
      if (resources.get(task.id)) register.track(task.id, result.baseImages);
      return { status: "Succeeded" };
    } catch (error) {
      if (error instanceof RunFailed) return { status: "Failed", message: error.message };
      log(`run ${run.runId} of ${run.task}: ${runLog.mask(messageOf(error))}`);
      return { status: "Error", message: `the local Azure could not go on: ${messageOf(error)}` };
    }
  }

  function start(task: RunnableTask, trigger: RunTrigger, values: readonly RunValue[] = []): Run {
    if (stopping) throw new RunRefused("the local Azure is stopping; try again when it runs");
    const stored = register.add({
      registryId: task.registryId,
      taskId: task.id,
      run: {
        status: "Queued",
        runType: Object.keys(trigger).length > 0 ? "AutoRun" : "QuickRun",
        task: task.name,
        createTime: new Date().toISOString(),
        provisioningState: "Succeeded",
        platform: task.platform,
        isArchiveEnabled: false,
        ...trigger,
      },
    });
    const runLog = openLog(stored);
    const controller = new AbortController();
    let ending: Ending | undefined;
    let settle = (): void => {};
    const finished = new Promise<void>((resolve) => (settle = resolve));

    const close = (outcome: Outcome): void => {
      finish(stored, runLog, outcome);
      runLog.close();
      active.delete(stored);
      log(`run ${stored.run.runId} of ${task.name}: ${outcome.status}`);
      if (outcome.status === "Succeeded") triggers.settle(task.id);
      settle();
    };
    const end = (reason: Ending): void => {
      if (ending !== undefined || isFinal(stored.run.status)) return;
      ending = reason;
      controller.abort(new Error(`run ended: ${reason}`));
      // A waiting run ends at once; its place in the queue passes by.
      if (stored.run.status === "Queued") close(endedEarly(stored, task, reason));
    };
    active.set(stored, { stored, end, finished });
    queue.add(async () => {
      if (isFinal(stored.run.status)) return;
      register.update(stored, { status: "Running", startTime: new Date().toISOString() });
      const limit = setTimeout(() => end("Timeout"), task.timeout * 1000);
      const { signal } = controller;
      const outcome = await carryOut(stored, { task, values, runLog, signal });
      clearTimeout(limit);
      // What fails after an abort is a consequence of it; what succeeded all the same, has succeeded.
      const early = ending !== undefined && outcome.status !== "Succeeded";
      close(early ? endedEarly(stored, task, ending ?? "Canceled") : outcome);
    });
    return structuredClone(stored.run);
  }

  function startByItself(task: RunnableTask, trigger: RunTrigger): void {
    if (stopping) return;
    const { runId } = start(task, trigger);
    log(`run ${runId} of ${task.name} queued by ${causeOf(trigger)}`);
  }

  const triggers = openTriggers({ resources, registries, gitHost, register, start: startByItself });
  const stopTimers = openTimers({
    ...{ resources, log, start: startByItself },
    clock: options.clock ?? systemClock,
  });

  const blobs = createLogBlobs({
    signingKey: register.signingKey,
    find(registryName, runId) {
      const stored = register
        .all()
        .find(
          (each) => each.run.runId === runId && registryNameOf(each.registryId) === registryName,
        );
      const path = logPath(registryName, runId);
      return stored && existsSync(path) ? { path, status: stored.run.status } : undefined;
    },
  });

  const ofRegistry = (registryId: string): StoredRun[] =>
    register.all().filter((each) => each.registryId.toLowerCase() === registryId.toLowerCase());

  return {
    schedule({ taskId, values }) {
      const task = findTask(resources, taskId);
      if (!task) throw new RunRefused(`task ${taskId} does not exist; create it first`);
      if (!task.enabled) {
        throw new RunRefused(`task ${task.name} is disabled; enable it to run it`);
      }
      return start(task, {}, values);
    },
    list: (registryId) =>
      ofRegistry(registryId)
        .map(({ run }) => structuredClone(run))
        .reverse(),
    get: (registryId, runId) => structuredClone(register.find(registryId, runId)?.run),
    async finished(registryId, runId) {
      const stored = register.find(registryId, runId);
      if (!stored) throw new Error(`run ${runId} does not exist in ${registryNameOf(registryId)}`);
      await active.get(stored)?.finished;
      return structuredClone(stored.run);
    },
    async cancel(registryId, runId) {
      const stored = register.find(registryId, runId);
      const running = stored && active.get(stored);
      running?.end("Canceled");
      await running?.finished;
    },
    logUrl: (registryId, runId) => blobs.url(registryNameOf(registryId), runId),
    trackedBaseImages: (taskId) => register.tracked(taskId),
    forgetTask: (taskId) => register.forgetTask(taskId),
    async forgetRegistry(registryId) {
      const ending = ofRegistry(registryId).flatMap((stored) => active.get(stored) ?? []);
      for (const run of ending) run.end("Canceled");
      await Promise.all(ending.map(({ finished }) => finished));
      register.forgetRegistry(registryId);
      rmSync(join(logsFolder, registryNameOf(registryId)), { recursive: true, force: true });
    },
    service: {
      name: "task logs",
      hosts: ["*.blob.core.windows.net"],
      handle: blobs.handle,
      async stop() {
        stopping = true;
        stopTimers();
        for (const { end } of [...active.values()]) end("Stopped");
        await queue.idle();
      },
    },
  };
}
