/** A plan in words. */
import type { Plan, PlannedChange } from "../pulumi/plan";

const marks: Record<string, string> = { create: "+", update: "~", delete: "-", replace: "±" };

function lineOf({ operation, type, name, properties }: PlannedChange): string {
  const paths = properties.map(({ path, kind }) =>
    kind === "update" ? path : `${path} (${kind})`,
  );
  const detail = paths.length > 0 ? `  [${paths.join(", ")}]` : "";
  return `  ${marks[operation] ?? " "} ${operation} ${type} ${name}${detail}`;
}

/** One drifted resource: what happened to it, and each property with its value before and now where that is no secret. */
export function describeDrifted({ operation, type, name, properties }: PlannedChange): string {
  if (operation === "delete") return `  - deleted ${type} ${name}`;
  const lines = properties.map(({ path, kind, before, after }) => {
    if (before !== undefined && after !== undefined) return `      ${path}: ${before} -> ${after}`;
    const value = before ?? after;
    const verb = { add: "added", delete: "removed", update: "changed" }[kind];
    return `      ${path}: ${verb}${value === undefined ? "" : ` ${value}`}`;
  });
  return [`  ~ changed ${type} ${name}`, ...lines].join("\n");
}

/** What a preview found. */
export function describePlan({ changes, drift, unchanged, upToDate }: Plan): string {
  if (upToDate) return `No changes: ${unchanged} resources are as they should be.`;
  return [
    ...(drift.length > 0
      ? ["Changed in Azure since the last update (drift):", ...drift.map(describeDrifted)]
      : []),
    ...(changes.length > 0
      ? ["`npm run local -- up` would:", ...changes.map(lineOf)]
      : ["Nothing to do in Azure; `npm run local -- refresh` takes the drift over."]),
  ].join("\n");
}

/** What a refresh took over. */
export function describeDrift({ drift, unchanged }: Plan): string {
  if (drift.length === 0) return `No drift: ${unchanged} resources are as Pulumi knows them.`;
  return ["Taken over from Azure:", ...drift.map(describeDrifted)].join("\n");
}

/** What an update that looked for drift has put right. */
export function describeRepair(drift: readonly PlannedChange[]): string {
  if (drift.length === 0) return "No drift: nothing was changed in Azure since the last update.";
  return `Repaired what was changed in Azure: ${drift.map(({ name }) => name).join(", ")}.`;
}
