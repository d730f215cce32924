/** The demo's closing tables. */
import { duration } from "@gated-imports/local/setup/progress.cjs";
import { imageOf, runTime, triggerOf } from "../cli/runWords";
import { formatTable } from "../cli/table";
import type { RunRecord } from "../daemon/types";
import type { ColourRecord } from "./script";

/** What a run's end means in the story. */
function verdictOf({ task, status, pushedImages = [] }: RunRecord): string {
  if (task.includes("import")) {
    if (status === "Failed") return "stopped by the gate";
    return pushedImages.length > 0 || status === "Succeeded" ? "promoted" : status;
  }
  return status === "Succeeded" ? "passed" : status;
}

export function runTable(runs: readonly RunRecord[]): string {
  return formatTable(
    ["RUN", "TASK", "TRIGGER", "IMAGE", "VERDICT", "DURATION"],
    runs.map((run) => [
      run.runId,
      run.task,
      triggerOf(run),
      imageOf(run),
      verdictOf(run),
      duration(runTime(run) ?? 0),
    ]),
  );
}

export function colourTable(colours: readonly ColourRecord[]): string {
  return formatTable(
    ["STEP", "PAGE"],
    colours.map(({ step, colour }) => [step, colour]),
  );
}
