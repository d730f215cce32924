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

/** What a preview found. */
export function describePlan({ changes, drift, unchanged, upToDate }: Plan): string {
  if (upToDate) return `No changes: ${unchanged} resources are as they should be.`;
  return [
    ...(drift.length > 0
      ? ["Changed in Azure since the last update (drift):", ...drift.map(lineOf)]
      : []),
    ...(changes.length > 0
      ? ["`npm run local -- up` would:", ...changes.map(lineOf)]
      : ["Nothing to do in Azure; `npm run local -- refresh` takes the drift over."]),
  ].join("\n");
}

/** What a refresh took over. */
export function describeDrift({ drift, unchanged }: Plan): string {
  if (drift.length === 0) return `No drift: ${unchanged} resources are as Pulumi knows them.`;
  return ["Taken over from Azure:", ...drift.map(lineOf)].join("\n");
}
