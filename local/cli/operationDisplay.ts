/** Shows a Pulumi operation on the progress display: one step per resource that changes, or one for all of a preview. */
import type { Progress as Display, Step } from "@gated-imports/local/setup/progress.cjs";
import type { Progress, ResourceStep } from "../pulumi/progress";
import { shortType } from "./shortType";

const verbs: Record<string, string> = {
  create: "create",
  "create-replacement": "replace",
  update: "update",
  delete: "delete",
  "delete-replaced": "delete old",
  replace: "replace",
  read: "read",
  import: "import",
};

/** Steps without work of their own; showing them would hide the others. */
const silent = ["same", "refresh", "replace", "discard-replaced"];

function titleOf({ operation, type, name }: ResourceStep): string {
  return `${verbs[operation] ?? operation} ${shortType(type)} ${name}`;
}

/** Components and the stack itself have no work of their own. */
function isResource({ type }: ResourceStep): boolean {
  return !type.startsWith("pulumi:") && !type.startsWith("gated-imports:");
}

export interface DisplayOptions {
  /** The operation changes nothing: its steps are not shown as if they were done, only how many were looked at. */
  preview?: boolean;
  /** What a running resource prints: every line as it comes (the default), or the last one beside its step. */
  logs?: "all" | "last";
}

export interface OperationDisplay {
  onProgress(progress: Progress): void;
  /** What was done, e.g. `12 created, 3 unchanged`; empty before the end. */
  summary(): string;
  /** The operation went well. */
  done(): void;
  /** Ends steps whose end was not told: the engine was stopped. */
  close(): void;
}

type StepEvent = Extract<Progress, ResourceStep>;

/** Where the steps of an operation are shown. */
interface StepLines {
  onStep(event: StepEvent): void;
  /** The last line that a resource printed. */
  detail(urn: string, line: string): void;
  done(): void;
  close(): void;
}

/** A step on the display for each that does something. */
function linePerStep(display: Display): StepLines {
  const running = new Map<string, Map<string, Step>>();
  const end = ({ urn, operation, kind }: StepEvent): void => {
    const step = running.get(urn)?.get(operation);
    if (kind === "done") step?.done();
    else step?.fail();
    running.get(urn)?.delete(operation);
  };
  const all = (): Step[] => [...running.values()].flatMap((steps) => [...steps.values()]);
  return {
    onStep(event) {
      const { kind, urn, operation } = event;
      if (kind !== "started") return end(event);
      if (silent.includes(operation) || !isResource(event)) return;
      const steps = running.get(urn) ?? new Map<string, Step>();
      running.set(urn, steps.set(operation, display.start(titleOf(event))));
    },
    detail: (urn, line) => running.get(urn)?.forEach((step) => step.update(line)),
    done: () => undefined,
    close() {
      for (const step of all()) step.stop();
      running.clear();
    },
  };
}

/** One step that counts the resources. */
function oneLine(display: Display): StepLines {
  const seen = new Set<string>();
  let step: Step | undefined;
  const found = (): string => `${seen.size} resources`;
  return {
    onStep({ urn }) {
      seen.add(urn);
      step ??= display.start("Preview");
      step.update(found());
    },
    detail: () => undefined,
    done: () => step?.done(found()),
    close: () => step?.stop(),
  };
}

export function openOperationDisplay(
  display: Display,
  { preview = false, logs = "all" }: DisplayOptions = {},
): OperationDisplay {
  const steps = preview ? oneLine(display) : linePerStep(display);
  let summary = "";

  return {
    onProgress(progress) {
      switch (progress.kind) {
        case "started":
        case "done":
        case "failed":
          steps.onStep(progress);
          break;
        case "log":
          if (logs === "all") display.note(`${progress.name} | ${progress.line}`);
          else steps.detail(progress.urn, progress.line);
          break;
        case "diagnostic":
          // Errors come once more with the exception that ends the operation.
          if (progress.severity !== "error")
            display.note(
              progress.name ? `${progress.name}: ${progress.message}` : progress.message,
            );
          break;
        case "summary":
          summary = summarize(progress.changes);
      }
    },
    summary: () => summary,
    done: () => steps.done(),
    close: () => steps.close(),
  };
}

const pastForms: Record<string, string> = {
  create: "created",
  update: "updated",
  replace: "replaced",
  delete: "deleted",
  same: "unchanged",
};

function summarize(changes: Readonly<Record<string, number>>): string {
  return Object.entries(changes)
    .filter(([operation, count]) => count > 0 && pastForms[operation])
    .map(([operation, count]) => `${count} ${pastForms[operation]}`)
    .join(", ");
}
