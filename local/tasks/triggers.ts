/** What makes runs start by themselves: a push of a tracked base image, a commit on a followed branch. */
import { randomUUID } from "node:crypto";
import type { ContainerRegistries, PushEvent } from "../contracts/containerRegistry";
import type { GitHost, GitPush } from "../contracts/gitHost";
import { resourceTypes, type ResourceStore } from "../contracts/resources";
import type { ImageReference, RunTrigger } from "../contracts/tasks";
import { isFinal, type RunRegister } from "./runRegister";
import { findTask, type RunnableTask } from "./runnableTask";

export interface TriggerOptions {
  resources: ResourceStore;
  registries: ContainerRegistries;
  gitHost: GitHost;
  register: RunRegister;
  start(task: RunnableTask, trigger: RunTrigger): void;
}

export interface Triggers {
  /**
   * To be called when a task tracks new base images: a tag that moved while the run was under way,
   * after the run had pulled it, starts the task again.
   */
  settle(taskId: string): void;
}

type TaggedDigest = Pick<PushEvent, "registry" | "repository" | "tag" | "digest">;

/** One text per image, whatever the case of the registry. */
const imageKey = ({ registry, repository, tag }: Omit<ImageReference, "digest">): string =>
  `${registry.toLowerCase()}/${repository}:${tag ?? "latest"}`;

/** `https://github.com/o/r`, whatever the case, without `.git` and fragment. */
const repositoryKey = (url: string): string =>
  url
    .replace(/#.*$/s, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/i, "")
    .toLowerCase();

const sameRepository = (one: string, other: string): boolean =>
  repositoryKey(one) === repositoryKey(other);

/** The branch that a source trigger follows: its own, else the URL's, else a usual default branch. */
function followsBranch(
  { repositoryUrl, branch }: RunnableTask["commitTriggers"][number],
  pushed: string,
): boolean {
  const [, fragment] = /#([^:]+)/.exec(repositoryUrl) ?? [];
  const followed = branch || fragment;
  return followed ? followed === pushed : ["main", "master"].includes(pushed);
}

/** Listens to the registries and the git host; lasts as long as they do. */
export function openTriggers(options: TriggerOptions): Triggers {
  const { resources, registries, gitHost, register, start } = options;
  /** Digest that each pushed tag names now, as far as pushes were seen. */
  const newest = new Map<string, TaggedDigest>();

  const enabledTasks = (): RunnableTask[] =>
    resources
      .list({ type: resourceTypes.task })
      .flatMap(({ id }) => findTask(resources, id) ?? [])
      .filter(({ enabled }) => enabled);

  /** The task's waiting or running run that this very image started, under this or another tag. */
  const runBecauseOf = (taskId: string, { registry, repository, digest }: TaggedDigest) =>
    register
      .all()
      .filter((stored) => stored.taskId.toLowerCase() === taskId.toLowerCase())
      .map(({ run }) => run)
      .find(
        ({ status, imageUpdateTrigger }) =>
          !isFinal(status) &&
          imageUpdateTrigger?.images.some(
            (image) =>
              image.registry.toLowerCase() === registry.toLowerCase() &&
              image.repository === repository &&
              image.digest === digest,
          ),
      );

  function startForImage(task: RunnableTask, pushed: TaggedDigest): void {
    const image = imageKey(pushed);
    // Tracked by digest alone (FROM image@sha256:...) means: follow no tag.
    const tracked = register
      .tracked(task.id)
      .filter(({ type, tag }) => tag !== undefined && task.followedImages.includes(type))
      .find((each) => imageKey(each) === image);
    if (!tracked || tracked.digest === pushed.digest) return;
    if (register.handled(task.id, image) === pushed.digest) return;
    const active = runBecauseOf(task.id, pushed);
    // A run that has begun may have pulled this tag before it moved: its end decides (settle).
    if (active && active.status !== "Queued") return;
    register.handle(task.id, image, pushed.digest);
    if (active) return;
    const { registry, repository, tag, digest } = pushed;
    start(task, {
      imageUpdateTrigger: {
        id: randomUUID(),
        timestamp: new Date().toISOString(),
        images: [{ registry, repository, tag, digest }],
      },
    });
  }

  function startForCommit(task: RunnableTask, push: GitPush): void {
    const { repositoryUrl, branch: branchName, commit: commitId } = push;
    const follows = task.commitTriggers.some(
      (trigger) =>
        sameRepository(trigger.repositoryUrl, repositoryUrl) && followsBranch(trigger, branchName),
    );
    if (!follows) return;
    start(task, {
      sourceTrigger: {
        id: randomUUID(),
        eventType: "Commit",
        commitId,
        repositoryUrl,
        branchName,
        provider: "Github",
      },
    });
  }

  registries.onPush((event) => {
    newest.set(imageKey(event), event);
    for (const task of enabledTasks()) startForImage(task, event);
  });
  gitHost.onPush((push) => {
    for (const task of enabledTasks()) startForCommit(task, push);
  });

  return {
    settle(taskId) {
      const task = findTask(resources, taskId);
      if (!task?.enabled) return;
      for (const image of register.tracked(taskId)) {
        const pushed = newest.get(imageKey(image));
        if (pushed) startForImage(task, pushed);
      }
    },
  };
}

/** Commit and branch that a run takes: the trigger's, when its repository is the task's own context. */
export function triggeredSource(
  { contextPath }: RunnableTask,
  { sourceTrigger }: RunTrigger,
): { commit: string; branch: string } | undefined {
  if (!sourceTrigger) return undefined;
  const [url = ""] = contextPath.split("#");
  if (!sameRepository(url, sourceTrigger.repositoryUrl)) return undefined;
  return { commit: sourceTrigger.commitId, branch: sourceTrigger.branchName };
}
