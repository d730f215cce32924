/** What is known of runs and survives a restart: the runs, the ids given out, and what tasks track. */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { BaseImageDependency, ImageReference, Run, RunStatus } from "../contracts/tasks";
import { JsonFile } from "../kernel/jsonFile";

export interface StoredRun {
  registryId: string;
  taskId: string;
  run: Run;
}

interface Document {
  /** Signs log URLs. */
  signingKey: string;
  /** Last number given to a run, by registry id. */
  counters: Record<string, number>;
  /** Oldest first. */
  runs: StoredRun[];
  /** Base images of a task's last successful run, by task id. */
  tracked: Record<string, (Partial<BaseImageDependency> & ImageReference)[]>;
  /** Digest that last queued a run, by task id and image text. */
  handled: Record<string, Record<string, string>>;
}

const key = (id: string): string => id.toLowerCase().replace(/\/+$/, "");
const isUnder = (id: string, parent: string): boolean => key(id).startsWith(`${key(parent)}/`);

/** Whether a run with this status will not change any more. */
export const isFinal = (status: RunStatus): boolean =>
  !["Queued", "Started", "Running"].includes(status);

/** Two letters that a registry's run ids share, then a counter in base 36: `ca1`, `caz`, `ca10`. */
export function runIdOf(registryId: string, count: number): string {
  const [first = 0, second = 0] = createHash("sha256").update(key(registryId)).digest();
  const letter = (byte: number): string => String.fromCharCode(97 + (byte % 26));
  return `${letter(first)}${letter(second)}${count.toString(36)}`;
}

export interface RunRegister {
  readonly signingKey: string;
  add(stored: Omit<StoredRun, "run"> & { run: Omit<Run, "runId"> }): StoredRun;
  /** Changes a run and writes it to disk. A run that was removed meanwhile is left alone. */
  update(stored: StoredRun, changes: Partial<Run>): void;
  find(registryId: string, runId: string): StoredRun | undefined;
  /** Oldest first. */
  all(): readonly StoredRun[];
  tracked(taskId: string): BaseImageDependency[];
  track(taskId: string, images: BaseImageDependency[]): void;
  handled(taskId: string, image: string): string | undefined;
  handle(taskId: string, image: string, digest: string): void;
  forgetTask(taskId: string): void;
  /** Removes runs, counter and tracked images of a registry. */
  forgetRegistry(registryId: string): void;
}

/** Opens the register kept in `stateDir`/runs.json. */
export function openRunRegister(stateDir: string): RunRegister {
  const file = new JsonFile<Document>(join(stateDir, "runs.json"), () => ({
    signingKey: randomBytes(32).toString("base64"),
    counters: {},
    runs: [],
    tracked: {},
    handled: {},
  }));
  const document = file.read();
  const save = (): void => file.write(document);

  return {
    signingKey: document.signingKey,
    add({ registryId, taskId, run }) {
      const count = (document.counters[key(registryId)] ?? 0) + 1;
      const runId = runIdOf(registryId, count);
      const stored = { registryId, taskId, run: { ...run, runId } };
      document.counters[key(registryId)] = count;
      document.runs.push(stored);
      save();
      return stored;
    },
    update(stored, changes) {
      Object.assign(stored.run, changes, { lastUpdatedTime: new Date().toISOString() });
      if (document.runs.includes(stored)) save();
    },
    find: (registryId, runId) =>
      document.runs.find(
        (each) => key(each.registryId) === key(registryId) && each.run.runId === runId,
      ),
    all: () => document.runs,
    // Earlier versions kept runtime images alone, and did not say so.
    tracked: (taskId) =>
      (document.tracked[key(taskId)] ?? []).map((image) => ({ type: "Runtime", ...image })),
    track(taskId, images) {
      document.tracked[key(taskId)] = images;
      save();
    },
    handled: (taskId, image) => document.handled[key(taskId)]?.[image],
    handle(taskId, image, digest) {
      (document.handled[key(taskId)] ??= {})[image] = digest;
      save();
    },
    forgetTask(taskId) {
      delete document.tracked[key(taskId)];
      delete document.handled[key(taskId)];
      save();
    },
    forgetRegistry(registryId) {
      document.runs = document.runs.filter((each) => key(each.registryId) !== key(registryId));
      delete document.counters[key(registryId)];
      for (const byTask of [document.tracked, document.handled]) {
        for (const taskId of Object.keys(byTask)) {
          if (isUnder(taskId, registryId)) delete byTask[taskId];
        }
      }
      save();
    },
  };
}
