/** Which component of the program a resource belongs to. */
import type { StepEventMetadata } from "@pulumi/pulumi/automation/events";
import { nameOf, typeOf } from "./progress";

export interface Owner {
  /** Type token, e.g. `gated-imports:index:TeamApp`. */
  type: string;
  name: string;
}

const stackType = "pulumi:pulumi:Stack";

/** Learns the parents of resources from the engine's events; a URN alone has their types and no names. */
export function trackOwners(): {
  see(metadata: StepEventMetadata): void;
  /** The outermost component above a resource, or the resource itself if it is one. */
  of(urn: string): Owner | undefined;
} {
  const parents = new Map<string, string>();
  const components = new Set<string>();
  return {
    see({ urn, old, new: now }) {
      const state = now ?? old;
      if (!state) return;
      parents.set(urn, state.parent);
      if (!state.custom && typeOf(urn) !== stackType) components.add(urn);
    },
    of(urn) {
      let outermost: string | undefined;
      for (let each: string | undefined = urn; each; each = parents.get(each))
        if (components.has(each)) outermost = each;
      return outermost === undefined
        ? undefined
        : { type: typeOf(outermost), name: nameOf(outermost) };
    },
  };
}
