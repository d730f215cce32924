/** What happens during a Pulumi operation, told in a few small events: enough to draw a progress display. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";

/** Pulumi's names for steps, e.g. `create`, `update`, `replace`, `delete`, `same`, `refresh`. */
export type Operation = string;

export interface ResourceStep {
  urn: string;
  /** Logical name. */
  name: string;
  /** Type token, e.g. `azure-native:keyvault:Vault`. */
  type: string;
  operation: Operation;
}

export type Progress =
  | ({ kind: "started" } & ResourceStep)
  | ({ kind: "done"; seconds: number } & ResourceStep)
  | ({ kind: "failed"; seconds: number } & ResourceStep)
  | {
      kind: "diagnostic";
      severity: "info" | "warning" | "error";
      /** One or more lines, without colour. */
      message: string;
      /** The resource that it is about, if any. */
      name?: string;
    }
  /** A line that a running resource prints: what a command says, such as the log of a first run. */
  | { kind: "log"; urn: string; name: string; line: string }
  /** The end: how many resources took which step. */
  | { kind: "summary"; changes: Readonly<Record<Operation, number>>; seconds: number };

export function stepOf({ urn, type, op }: StepEventMetadata): ResourceStep {
  return { urn, type, name: nameOf(urn), operation: op };
}

const reported: readonly string[] = ["info", "info#err", "warning", "error"];

/** Logical name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Type token in a URN, without those of its parents. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

/** Turns engine events into progress; one translator per operation, since steps are timed. */
export function translateEvents(
  report: (progress: Progress) => void,
): (event: EngineEvent) => void {
  const started = new Map<string, number>();
  const seconds = (urn: string): number => (Date.now() - (started.get(urn) ?? Date.now())) / 1000;
  return (event) => {
    if (event.resourcePreEvent) {
      const step = stepOf(event.resourcePreEvent.metadata);
      started.set(step.urn, Date.now());
      report({ kind: "started", ...step });
    } else if (event.resOutputsEvent) {
      const step = stepOf(event.resOutputsEvent.metadata);
      report({ kind: "done", seconds: seconds(step.urn), ...step });
    } else if (event.resOpFailedEvent) {
      const step = stepOf(event.resOpFailedEvent.metadata);
      report({ kind: "failed", seconds: seconds(step.urn), ...step });
    } else if (event.diagnosticEvent?.ephemeral) {
      const { urn, message, severity } = event.diagnosticEvent;
      if (!urn || !reported.includes(severity)) return;
      for (const line of withoutColour(message).split("\n"))
        if (line.trim()) report({ kind: "log", urn, name: nameOf(urn), line: line.trimEnd() });
    } else if (event.diagnosticEvent) {
      const { urn, message, severity } = event.diagnosticEvent;
      const text = withoutColour(message).trim();
      // The engine also sends `debug`, which the SDK's type does not tell.
      if (text && reported.includes(severity))
        report({
          kind: "diagnostic",
          severity: severity === "info#err" ? "info" : severity,
          message: text,
          ...(urn ? { name: nameOf(urn) } : {}),
        });
    } else if (event.summaryEvent) {
      const { resourceChanges, durationSeconds } = event.summaryEvent;
      report({ kind: "summary", changes: { ...resourceChanges }, seconds: durationSeconds });
    }
  };
}

/** The engine marks colours as `<{%red%}>`. */
export function withoutColour(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "");
}
