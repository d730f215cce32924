/** The properties of a resource that change, from the engine's own event. */
import { DiffKind, type StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { findChanges } from "./changes";
import { shownChange } from "./shownValue";

export interface PropertyChange {
  /** E.g. `tags.team`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** As short JSON: what Pulumi knew. Absent where there was nothing, and for a secret. */
  before?: string;
  /** As short JSON: what will be, or with drift what Azure has now. Absent where there is nothing, and for a secret. */
  after?: string;
  /** It has a secret in it, so neither value is shown. */
  secret?: true;
  /** The resource has to be made anew for it. */
  replaces?: true;
}

const replacing: readonly DiffKind[] = [
  DiffKind.addReplace,
  DiffKind.deleteReplace,
  DiffKind.updateReplace,
];

function kindOf(kind: DiffKind): PropertyChange["kind"] {
  if (kind === DiffKind.add || kind === DiffKind.addReplace) return "add";
  return kind === DiffKind.delete || kind === DiffKind.deleteReplace ? "delete" : "update";
}

/** Whether a path is one of the ignored properties or lies in one. */
const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some(
    (each) => path === each || (/^[.[]/.test(path.slice(each.length)) && path.startsWith(each)),
  );

/** What changed inside a secret only the provider's own diff names; the rest is in the inputs before and after. */
export function driftedProperties(
  { old, new: now, detailedDiff }: StepEventMetadata,
  ignored: readonly string[],
): PropertyChange[] {
  const inputs = { before: old?.inputs, after: now?.inputs };
  const named = Object.entries(detailedDiff ?? {}).filter(([, { inputDiff }]) => inputDiff);
  const found = new Map([
    ...findChanges(inputs.before, inputs.after, () => false).map(
      ({ path, kind }) => [path, kind] as const,
    ),
    ...named.map(([path, { diffKind }]) => [path, kindOf(diffKind)] as const),
  ]);
  return [...found]
    .filter(([path]) => !isIgnored(path, ignored))
    .map(([path, kind]) => ({ path, kind, ...shownChange(path, inputs) }));
}

/** What an update or a replacement changes; empty for what is created or deleted. */
export function plannedProperties({
  op,
  old,
  new: now,
  detailedDiff,
  diffs,
  keys,
}: StepEventMetadata): PropertyChange[] {
  if (op !== "update" && op !== "replace") return [];
  const inputs = { before: old?.inputs, after: now?.inputs };
  const named = Object.entries(detailedDiff ?? {}).map(([path, { diffKind }]) => ({
    path,
    kind: kindOf(diffKind),
    replaces: replacing.includes(diffKind),
  }));
  const replaces = (path: string): boolean => (keys ?? []).includes(firstOf(path));
  // A provider need not say which properties; then the inputs do, but for those with a secret in them.
  const seen = named.length > 0 ? named : findChanges(inputs.before, inputs.after, replaces);
  const changes =
    seen.length > 0
      ? seen
      : (diffs ?? []).map((path) => ({ path, kind: "update" as const, replaces: replaces(path) }));
  return changes.map(({ path, kind, replaces: isReason }) => ({
    path,
    kind,
    ...shownChange(path, inputs),
    ...(isReason ? { replaces: true } : {}),
  }));
}

const firstOf = (path: string): string => path.split(/[.[]/, 1)[0] ?? "";
