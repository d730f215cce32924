/** Task runs in the words of `az acr task list-runs`. */
import type { ImageReference, Run } from "../contracts/tasks";

/** Whether a run with this status will not change any more. */
export function isFinished({ status }: Pick<Run, "status">): boolean {
  return !["Queued", "Started", "Running"].includes(status);
}

/** `Commit`, `Timer`, `Image Update` or `Manual`. */
export function triggerOf(
  run: Pick<Run, "sourceTrigger" | "timerTrigger" | "imageUpdateTrigger">,
): string {
  if (run.sourceTrigger) return "Commit";
  if (run.timerTrigger) return "Timer";
  return run.imageUpdateTrigger ? "Image Update" : "Manual";
}

/** Milliseconds from start to end, or to now; `undefined` for a run that waits. */
export function runTime(run: Pick<Run, "startTime" | "finishTime">): number | undefined {
  if (!run.startTime) return undefined;
  const end = run.finishTime ? Date.parse(run.finishTime) : Date.now();
  return Math.max(0, end - Date.parse(run.startTime));
}

/** The first image that the run pushed, `repository:tag`, or the image that triggered it. */
export function imageOf(run: Pick<Run, "pushedImages" | "imageUpdateTrigger">): string {
  const image: ImageReference | undefined =
    run.pushedImages?.[0] ?? run.imageUpdateTrigger?.images[0];
  return image ? `${image.repository}${image.tag ? `:${image.tag}` : ""}` : "";
}
