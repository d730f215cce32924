/** One run of the engine: what it tells on the way, and one error when it fails. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { endOfOutput } from "./commandFailure";
import { distinctCauses, plainMessage } from "./failureCauses";
import { lateSignal } from "./lateSignal";
import { translateEvents, type Progress } from "./progress";

export type EngineListener = (event: EngineEvent) => void;

export interface OperationOptions {
  /** Aborting lets the engine end in order: what runs is stopped, its state is kept, the stack is unlocked. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/** An operation did not succeed; `diagnostics` are the engine's error texts. */
export class DeploymentFailed extends Error {
  override name = "DeploymentFailed";
  constructor(
    message: string,
    readonly diagnostics: readonly string[],
    /** It was aborted, not wrong. */
    readonly interrupted: boolean,
  ) {
    super(message);
  }
}

/** Runs one engine operation, named for its error. @throws {DeploymentFailed} */
export async function operate<T>(
  name: string,
  { signal, onProgress, listeners = [] }: OperationOptions & { listeners?: EngineListener[] },
  run: (common: { onEvent: EngineListener; signal?: AbortSignal }) => Promise<T>,
): Promise<T> {
  const ofResources: string[] = [];
  const ofProgram: string[] = [];
  const translate = translateEvents((progress) => {
    if (progress.kind === "diagnostic" && progress.severity === "error") {
      if (progress.name) ofResources.push(failureOf(progress.name, progress.message));
      else ofProgram.push(plainMessage(progress.message));
    }
    onProgress?.(progress);
  });
  const late = lateSignal(signal);
  const onEvent: EngineListener = (event) => {
    late.engineSpoke();
    for (const listen of [...listeners, translate]) listen(event);
  };
  try {
    signal?.throwIfAborted();
    const result = await run({ onEvent, ...(late.signal ? { signal: late.signal } : {}) });
    // The engine may have been past its last step: nobody who pressed Ctrl-C expects what comes next.
    signal?.throwIfAborted();
    return result;
  } catch (error) {
    const interrupted = signal?.aborted ?? false;
    // What failed comes before what the program has to say of it, e.g. the end of a run's log.
    const all = [...ofResources, ...ofProgram];
    // Not what the engine says of the operation as a whole, unless that is all: "update failed".
    const said = all.filter((text) => !/^\w+ failed$/.test(text));
    const causes = distinctCauses(said);
    const diagnostics = causes.length > 0 ? causes : distinctCauses(all);
    const why = causes.length > 0 ? causes.join("\n") : (diagnostics[0] ?? briefly(error));
    throw new DeploymentFailed(
      interrupted ? `${name} was interrupted` : `${name} failed: ${why}`,
      diagnostics,
      interrupted,
    );
  } finally {
    late.close();
  }
}

/** A command's output starts below the resource's name. */
function failureOf(name: string, message: string): string {
  const end = endOfOutput(message);
  return `${name}:${end !== message && end.includes("\n") ? "\n" : " "}${end}`;
}

/** The Automation API's errors carry the whole output; the last line that says something is the cause. */
function briefly(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").map((line) => line.trim());
  return lines.findLast((line) => line.startsWith("error:")) ?? lines.find(Boolean) ?? "unknown";
}
