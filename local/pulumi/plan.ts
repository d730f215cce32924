/** What a preview found: what would be changed, and what was changed in Azure behind Pulumi's back. */
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { trackOwners, type Owner } from "./owners";
import { stepOf, type ResourceStep } from "./progress";
import { driftedProperties, plannedProperties, type PropertyChange } from "./propertyChanges";

export type { Owner } from "./owners";
export type { PropertyChange } from "./propertyChanges";

export interface PlannedChange extends ResourceStep {
  properties: PropertyChange[];
  /** The outermost component that it belongs to, which may be itself; absent for what the program has beside components. */
  owner?: Owner;
  /** What Azure calls it, where it is there already. */
  azureName?: string;
  /** Deleted for Pulumi alone: in Azure it stays. */
  retained?: true;
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

/** The engine's own counts leave providers out. */
export const isProvider = ({ type }: { type: string }): boolean =>
  type.startsWith("pulumi:providers:");

/** Steps that look at something, such as another stack's outputs. */
const onlyLooking = ["read", "read-replacement"];

/** Properties that the program leaves to others, by URN: their drift is meant. */
export type IgnoredProperties = ReadonlyMap<string, readonly string[]>;

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
  const owners = trackOwners();
  let unchanged = 0;
  let undrifted = 0;
  const owned = (change: PlannedChange): PlannedChange => {
    const owner = owners.of(change.urn);
    return owner ? { ...change, owner } : change;
  };
  return {
    onEvent({ resourcePreEvent, resOutputsEvent }) {
      if (resourcePreEvent) {
        const { metadata } = resourcePreEvent;
        owners.see(metadata);
        if (metadata.op === "same") unchanged += isProvider(metadata) ? 0 : 1;
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
      // The parents of what is deleted come after it.
      changes: [...changes.values()].map(owned),
      drift: [...drift.values()],
      // A refresh alone has no steps that leave things the same.
      unchanged: changes.size > 0 ? unchanged : unchanged || undrifted,
      upToDate: changes.size === 0 && drift.size === 0,
    }),
  };
}

/** A refresh step tells only with its result whether it found anything. */
function drifted(
  metadata: StepEventMetadata,
  ignored: readonly string[],
): PlannedChange | undefined {
  const step = stepOf(metadata);
  if (!metadata.new) return { ...step, operation: "delete", properties: [] };
  const properties = driftedProperties(metadata, ignored);
  return properties.length > 0 ? { ...step, operation: "update", properties } : undefined;
}

function planned(metadata: StepEventMetadata): PlannedChange {
  const azureName = metadata.old?.id.split("/").at(-1);
  return {
    ...stepOf(metadata),
    properties: plannedProperties(metadata),
    ...(azureName ? { azureName } : {}),
    ...(metadata.op === "delete" && metadata.old?.retainOnDelete ? { retained: true } : {}),
  };
}
