/** What policy packs say of a stack: the engine's policy events, each once. */
import type { EngineListener } from "./operation";
import { nameOf, typeOf, withoutColour } from "./progress";

export interface PolicyViolation {
  /** A mandatory one ends the operation as failed. */
  level: "mandatory" | "advisory";
  policy: string;
  /** What the policy says, on one line. */
  message: string;
  /** The resource; nothing when the whole stack is meant. */
  resource?: { urn: string; type: string; name: string };
}

export interface PolicyOptions {
  /** Policy packs to run beside the operation: paths of folders or of programs. */
  policyPacks?: readonly string[];
  /** JSON files with the packs' configuration, in the same order. */
  policyPackConfigs?: readonly string[];
  /** Told at the end, whether it went well or not; a mandatory violation makes it fail. Of `up` first for its preview. */
  onViolations?: (violations: PolicyViolation[]) => void;
}

/** What a policy on the whole stack is reported on. */
const stackType = "pulumi:pulumi:Stack";

/** The packs as the Automation API takes them. */
export interface Packs {
  policyPacks?: string[];
  policyPackConfigs?: string[];
}

/** Collects violations; a policy may look at a resource more than once in one operation. */
export function collectViolations(): {
  onEvent: EngineListener;
  violations: () => PolicyViolation[];
} {
  const found = new Map<string, PolicyViolation>();
  return {
    onEvent({ policyEvent }) {
      if (!policyEvent) return;
      const { resourceUrn: urn, policyName: policy, enforcementLevel } = policyEvent;
      const message = withoutColour(policyEvent.message).replace(/\s+/g, " ").trim();
      found.set([urn, policy, message].join("\n"), {
        // `advisory` is what the engine says, whatever the SDK's type tells.
        level: enforcementLevel === "mandatory" ? "mandatory" : "advisory",
        policy,
        message,
        ...(urn && typeOf(urn) !== stackType
          ? { resource: { urn, type: typeOf(urn), name: nameOf(urn) } }
          : {}),
      });
    },
    violations: () => [...found.values()],
  };
}

/** Runs an operation beside policy packs, if any. */
export async function besidePolicies<T>(
  { policyPacks = [], policyPackConfigs = [], onViolations }: PolicyOptions,
  run: (packs: Packs, listeners: EngineListener[]) => Promise<T>,
): Promise<T> {
  if (policyPacks.length === 0) return await run({}, []);
  const { onEvent, violations } = collectViolations();
  const packs = { policyPacks: [...policyPacks], policyPackConfigs: [...policyPackConfigs] };
  try {
    return await run(packs, [onEvent]);
  } finally {
    onViolations?.(violations());
  }
}
