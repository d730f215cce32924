/** What a preview found: what would be changed, and what was changed in Azure behind Pulumi's back. */
import {
  DiffKind,
  type EngineEvent,
  type PropertyDiff,
  type StepEventMetadata,
} from "@pulumi/pulumi/automation/events";
import { findChanges } from "./changes";
import { stepOf, type ResourceStep } from "./progress";
import { shownChange } from "./shownValue";

export interface PropertyChange {
  /** E.g. `tags.team`. */
  path: string;
  kind: "add" | "delete" | "update";
  /** Of drift only, as short JSON: what Pulumi knew. Absent where there was nothing, and for a secret. */
  before?: string;
  /** Of drift only, as short JSON: what Azure has now. Absent where there is nothing, and for a secret. */
  after?: string;
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

/** Steps that look at something, such as another stack's outputs. */
const onlyLooking = ["read", "read-replacement"];

/** Properties that the program leaves to others, by URN: their drift is meant. */
export type IgnoredProperties = ReadonlyMap<string, readonly string[]>;

/** Whether a path is one of the ignored properties or lies in one. */
const isIgnored = (path: string, ignored: readonly string[]): boolean =>
  ignored.some(
    (each) => path === each || (/^[.[]/.test(path.slice(each.length)) && path.startsWith(each)),
  );

/** Collects a plan from the events of one preview; `onDrift` hears of each drifted resource as it is found. */
export function collectPlan(
  ignored: IgnoredProperties = new Map(),
  onDrift: (drift: PlannedChange) => void = () => undefined,
): {
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
        else if (![...partOfReplacement, ...onlyLooking].includes(metadata.op))
          changes.set(metadata.urn, planned(metadata));
      }
      if (resOutputsEvent && refreshing.delete(resOutputsEvent.metadata.urn)) {
        const { metadata } = resOutputsEvent;
        const found = drifted(metadata, ignored.get(metadata.urn) ?? []);
        if (found) {
          drift.set(found.urn, found);
          onDrift(found);
        } else undrifted++;
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

/**
 * A refresh step tells only with its result whether it found anything. What changed inside a secret only the provider's
 * own diff names; the rest is in the inputs before and after.
 */
function drifted(
  metadata: StepEventMetadata,
  ignored: readonly string[],
): PlannedChange | undefined {
  const step = stepOf(metadata);
  if (!metadata.new) return { ...step, operation: "delete", properties: [] };
  const inputs = { before: metadata.old?.inputs, after: metadata.new.inputs };
  const found = new Map(
    [
      ...findChanges(inputs.before, inputs.after, () => false),
      ...propertiesOf(metadata, ({ inputDiff }) => inputDiff),
    ].map(({ path, kind }) => [path, kind]),
  );
  const properties = [...found]
    .filter(([path]) => !isIgnored(path, ignored))
    .map(([path, kind]) => ({ path, kind, ...shownChange(path, inputs) }));
  return properties.length > 0 ? { ...step, operation: "update", properties } : undefined;
}

const planned = (metadata: StepEventMetadata): PlannedChange => ({
  ...stepOf(metadata),
  properties: propertiesOf(metadata),
});

function propertiesOf(
  { detailedDiff }: StepEventMetadata,
  wanted: (diff: PropertyDiff) => boolean = () => true,
): PropertyChange[] {
  return Object.entries(detailedDiff ?? {})
    .filter(([, diff]) => wanted(diff))
    .map(([path, { diffKind }]) => ({ path, kind: kindOf(diffKind) }));
}

function kindOf(kind: DiffKind): PropertyChange["kind"] {
  if (kind === DiffKind.add || kind === DiffKind.addReplace) return "add";
  return kind === DiffKind.delete || kind === DiffKind.deleteReplace ? "delete" : "update";
}
