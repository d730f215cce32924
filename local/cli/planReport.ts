/** A plan in words. */
import { isProvider, type Plan, type PlannedChange, type PropertyChange } from "../pulumi/plan";
import { lossesOf } from "./planLosses";
import { groupsOf, isOwn, type PlanGroup } from "./planGroups";
import { knownLater } from "../pulumi/shownValue";
import { shortType } from "./shortType";

const marks: Record<string, string> = { create: "+", update: "~", delete: "-", replace: "±" };

/** Properties of one resource that are shown; the rest is counted. */
const shownProperties = 8;

/** Columns of a line that lists types. */
const width = 100;

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** One property, with its value before and now where that is no secret. */
function propertyLine({ path, kind, before, after, secret, replaces }: PropertyChange): string {
  const reason = replaces ? "  (makes it new)" : "";
  if (before !== undefined && after !== undefined)
    return `      ${path}: ${before} -> ${after}${reason}`;
  const value = before ?? after ?? (secret ? "[secret]" : undefined);
  const verb = { add: "added", delete: "removed", update: "changed" }[kind];
  return `      ${path}: ${verb}${value === undefined ? "" : ` ${value}`}${reason}`;
}

function propertyLines(properties: readonly PropertyChange[]): string[] {
  const more = properties.length - shownProperties;
  return [
    ...properties.slice(0, shownProperties).map(propertyLine),
    ...(more > 0 ? [`      and ${more} other ${more === 1 ? "property" : "properties"}`] : []),
  ];
}

/** A property that differs only because something else is replaced. */
const follows = ({ after, secret }: PropertyChange): boolean => after === knownLater || !!secret;

/** A command that runs a task while it is made or changed, also once more after a run that failed. */
function runNote({ operation, type, name }: PlannedChange): string {
  const [, task] = /^(.+)-first-run$/.exec(name) ?? [];
  const runs = task && type === "command:local:Command" && operation !== "delete";
  return runs ? ` (runs the task ${task})` : "";
}

function linesOf(change: PlannedChange): string[] {
  const { operation, type, name, properties, retained } = change;
  const note = `${retained ? " (stays in Azure)" : ""}${runNote(change)}`;
  const line = `  ${marks[operation] ?? " "} ${operation} ${shortType(type)} ${name}${note}`;
  if (operation !== "replace") return [line, ...propertyLines(properties)];
  if (properties.some(({ replaces }) => replaces))
    return [`${line} (deleted and made anew)`, ...propertyLines(properties)];
  const own = properties.filter((property) => !follows(property));
  return [`${line} (deleted and made anew, with what it depends on)`, ...propertyLines(own)];
}

/** `2 ResourceGroup, Registry, Task`, in lines of the report's width. */
function typeLines(changes: readonly PlannedChange[]): string[] {
  const counts = new Map<string, number>();
  for (const { type } of changes) {
    const last = shortType(type).split(".").at(-1) ?? type;
    counts.set(last, (counts.get(last) ?? 0) + 1);
  }
  const parts = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => (count > 1 ? `${count} ${type}` : type));
  const lines: string[] = [];
  for (const [index, part] of parts.entries()) {
    const text = index < parts.length - 1 ? `${part},` : part;
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length < width)
      lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`      ${text}`);
  }
  return lines;
}

/** What comes or goes as a whole is told in few lines: a first up has dozens of resources. */
function groupLines({ owner, whole, changes }: PlanGroup): string[] {
  const title = owner ? `${shortType(owner.type)} ${owner.name}` : "Beside the components";
  if (!whole) return [title, ...changes.flatMap(linesOf)];
  const retained = changes.filter((each) => each.retained).length;
  const ofAll = `${plural(changes.length, "resource")}${retained ? `, ${retained} of which stay in Azure` : ""}`;
  return [title, `  ${marks[whole]} ${whole} all of it, ${ofAll}:`, ...typeLines(changes)];
}

const future: [operation: string, words: string][] = [
  ["create", "to create"],
  ["update", "to update"],
  ["replace", "to replace"],
  ["delete", "to delete"],
];

function countLine({ changes, drift, unchanged }: Plan): string {
  const counts = future
    .map(([operation, words]) => {
      const count = changes.filter(
        (each) => each.operation === operation && !isProvider(each),
      ).length;
      return count > 0 ? `${count} ${words}` : "";
    })
    .filter(Boolean);
  if (unchanged > 0) counts.push(`${unchanged} unchanged`);
  const own = changes.some(isOwn) ? " (components among them)" : "";
  const drifted = drift.length > 0 ? `; ${drift.length} drifted` : "";
  return `${counts.join(", ")}${own}${drifted}`;
}

/** One drifted resource: what happened to it, and each property. */
export function describeDrifted({ operation, type, name, properties }: PlannedChange): string {
  if (operation === "delete") return `  - deleted ${type} ${name}`;
  return [`  ~ changed ${type} ${name}`, ...properties.map(propertyLine)].join("\n");
}

/** What a preview found: nothing of it is done yet. What cannot be had back, and the counts, come last. */
export function describePlan(plan: Plan): string {
  const { changes, drift, unchanged, upToDate } = plan;
  if (upToDate) return `No changes: ${unchanged} resources are as they should be.`;
  const losses = lossesOf(changes).map((loss) => `  ! ${loss}`);
  return [
    ...(drift.length > 0
      ? ["Changed in Azure since the last update (drift):", ...drift.map(describeDrifted), ""]
      : []),
    ...(changes.length > 0
      ? ["`npm run local -- up` would:", "", ...groupsOf(changes).flatMap(groupLines), ""]
      : ["Nothing to do in Azure; `npm run local -- refresh` takes the drift over."]),
    ...(losses.length > 0 ? ["What up would take away:", ...losses, ""] : []),
    countLine(plan),
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
