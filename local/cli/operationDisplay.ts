/** Shows a Pulumi operation on the progress display: one step per resource that changes. */
import type { Progress as Display, Step } from "@gated-imports/local/setup/progress.cjs";
import type { Progress, ResourceStep } from "../pulumi/progress";

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

/** `azure-native:keyvault:Vault` -> `keyvault.Vault` */
export function shortType(type: string): string {
  return type
    .split(":")
    .slice(1)
    .filter((part) => part !== "index")
    .join(".");
}

function titleOf({ operation, type, name }: ResourceStep): string {
  return `${verbs[operation] ?? operation} ${shortType(type)} ${name}`;
}

/** Components and the stack itself have no work of their own. */
function isResource({ type }: ResourceStep): boolean {
  return !type.startsWith("pulumi:") && !type.startsWith("gated-imports:");
}

export interface OperationDisplay {
  onProgress(progress: Progress): void;
  /** What was done, e.g. `12 created, 3 unchanged`; empty before the end. */
  summary(): string;
  /** Ends steps whose end was not told: the engine was stopped. */
  close(): void;
}

export function openOperationDisplay(display: Display): OperationDisplay {
  const steps = new Map<string, Step>();
  let summary = "";
  const end = (step: ResourceStep, ended: (step: Step) => void): void => {
    const shown = steps.get(step.urn + step.operation);
    if (shown) ended(shown);
    steps.delete(step.urn + step.operation);
  };

  return {
    onProgress(progress) {
      switch (progress.kind) {
        case "started":
          if (!silent.includes(progress.operation) && isResource(progress))
            steps.set(progress.urn + progress.operation, display.start(titleOf(progress)));
          break;
        case "done":
          end(progress, (step) => step.done());
          break;
        case "failed":
          end(progress, (step) => step.fail());
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
    close() {
      for (const step of steps.values()) step.stop();
      steps.clear();
    },
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
