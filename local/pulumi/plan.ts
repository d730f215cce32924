/** What a preview found: what would be changed, and what was changed in Azure behind Pulumi's back. */
import {
  DiffKind,
  type EngineEvent,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation/events";
import { findChanges } from "./changes";
import { stepOf, type ResourceStep } from "./progress";

export interface PropertyChange {
  /** E.g. `tags.team`. */
  path: string;
  kind: "add" | "delete" | "update";
}

export interface PlannedChange extends ResourceStep {
  properties: PropertyChange[];
}

export interface Plan {
  /** What `up` would do, in the engine's order. A replacement is one entry, `replace`. */
  changes: PlannedChange[];
  /** What a refresh found changed (`update`) or gone (`delete`) since the last operation. */
  drift: PlannedChange[];
  /** Number of resources that stay as they are. */
  unchanged: number;
  /** Nothing to do and nothing drifted. */
  upToDate: boolean;
}

/** Steps of a replacement that say the same once more. */
const partOfReplacement = ["create-replacement", "delete-replaced", "discard-replaced"];

/** Properties that the program leaves to others, by URN: their drift is meant. */
export type IgnoredProperties = ReadonlyMap<string, readonly string[]>;

/** Whether a path is one of the ignored properties or lies in one. */
const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some(
    (each) => path === each || (/^[.[]/.test(path.slice(each.length)) && path.startsWith(each)),
  );

/** Collects a plan from the events of one preview. */
export function collectPlan(ignored: IgnoredProperties = new Map()): {
  onEvent: (event: EngineEvent) => void;
  plan: () => Plan;
} {
  const changes = new Map<string, PlannedChange>();
  const drift = new Map<string, PlannedChange>();
  const refreshing = new Set<string>();
  let unchanged = 0;
  let undrifted = 0;
  return {
    onEvent({ resourcePreEvent, resOutputsEvent }) {
      if (resourcePreEvent) {
        const { metadata } = resourcePreEvent;
        if (metadata.op === "same") unchanged++;
        else if (metadata.op === "refresh") refreshing.add(metadata.urn);
        else if (!partOfReplacement.includes(metadata.op))
          changes.set(metadata.urn, planned(metadata));
      }
      if (resOutputsEvent && refreshing.delete(resOutputsEvent.metadata.urn)) {
        const { metadata } = resOutputsEvent;
        const found = drifted(metadata, ignored.get(metadata.urn) ?? []);
        if (found) drift.set(found.urn, found);
        else undrifted++;
      }
    },
    plan: () => ({
      changes: [...changes.values()],
      drift: [...drift.values()],
      // A refresh alone has no steps that leave things the same.
      unchanged: unchanged || undrifted,
      upToDate: changes.size === 0 && drift.size === 0,
    }),
  };
}

/** A refresh step tells only with its result whether it found anything, and what only by the inputs before and after. */
function drifted(
  metadata: StepEventMetadata,
  ignored: readonly string[],
): PlannedChange | undefined {
  const step = stepOf(metadata);
  if (!metadata.new) return { ...step, operation: "delete", properties: [] };
  const changes = findChanges(metadata.old?.inputs, metadata.new.inputs, () => false).filter(
    ({ path }) => !isIgnored(path, ignored),
  );
  if (changes.length === 0) return undefined;
  return {
    ...step,
    operation: "update",
    properties: changes.map(({ path, kind }) => ({ path, kind })),
  };
}

function planned(metadata: StepEventMetadata): PlannedChange {
  const properties = Object.entries(metadata.detailedDiff ?? {}).map(([path, { diffKind }]) => ({
    path,
    kind: kindOf(diffKind),
  }));
  return { ...stepOf(metadata), properties };
}

function kindOf(kind: DiffKind): PropertyChange["kind"] {
  if (kind === DiffKind.add || kind === DiffKind.addReplace) return "add";
  return kind === DiffKind.delete || kind === DiffKind.deleteReplace ? "delete" : "update";
}
