/** What all rules of the pack have in common. */
import type {
  EnforcementLevel,
  PolicyResource,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { configSchemaOf, texts, valuesOf } from "./settings";
import type { Settings, Values } from "./settings";
import { matchesAny } from "./wildcard";

interface RuleArgs<S extends Settings> {
  /** Kebab-case; what configuration calls it. */
  name: string;
  /** What the rule asks, in one sentence. */
  description: string;
  severity: Severity;
  /** Default `mandatory`. */
  enforcementLevel?: EnforcementLevel;
  /** The way out for a person whose resource is in violation. */
  remediationSteps: string;
  /** Beside `exempt`, which every rule has. */
  settings: S;
}

const exempt = texts(
  "Logical names of resources that the rule leaves alone; * stands for any characters",
);

function commonParts<S extends Settings>(args: RuleArgs<S>) {
  const { name, description, severity, enforcementLevel = "mandatory", remediationSteps } = args;
  const settings = { ...args.settings, exempt };
  return {
    policy: {
      name,
      description,
      severity,
      enforcementLevel,
      remediationSteps,
      configSchema: configSchemaOf(settings),
    },
    read: (given: Readonly<Record<string, unknown>>): Values<S> & { exempt: readonly string[] } =>
      valuesOf(name, settings, given) as Values<S> & { exempt: readonly string[] },
  };
}

/**
 * Whether a type token is azure-native's for one of `kinds` (`containerregistry:Registry`), at any API version
 * (`azure-native:containerregistry/v20250401:Registry`).
 */
export function isKind(type: string, kinds: readonly string[]): boolean {
  const [, module = "", kind = ""] = /^azure-native:([^/:]+)(?:\/[^:]+)?:(\w+)$/.exec(type) ?? [];
  return kinds.includes(`${module}:${kind}`);
}

/** The one kind that rules of several files ask for. */
export const registryKind = "containerregistry:Registry";

export interface ResourceRuleArgs<Props, S extends Settings> extends RuleArgs<S> {
  /** azure-native's module and type, e.g. `containerregistry:Registry`. */
  kinds: readonly string[];
  /** Looks at the inputs of one resource. `report` puts the resource's name in front of what it is told. */
  check: (
    props: Props,
    context: { type: string; settings: Values<S>; report: (message: string) => void },
  ) => void;
}

/** A rule about each resource by itself. */
export function resourceRule<Props, S extends Settings>(
  args: ResourceRuleArgs<Props, S>,
): ResourceValidationPolicy {
  const { policy, read } = commonParts(args);
  return {
    ...policy,
    validateResource({ type, name, props, getConfig, notApplicable }, reportViolation) {
      if (!isKind(type, args.kinds)) return notApplicable(`only for ${args.kinds.join(", ")}`);
      const settings = read(getConfig());
      if (matchesAny(settings.exempt, name)) return notApplicable(`${name} is exempt`);
      args.check(props as Props, {
        type,
        settings,
        report: (message) => reportViolation(`${name}: ${message}`),
      });
    },
  };
}

export interface StackRuleArgs<S extends Settings> extends RuleArgs<S> {
  /** Looks at the outputs of all resources at the end. `report` says which resource it is about. */
  check: (
    resources: readonly PolicyResource[],
    context: {
      settings: Values<S>;
      isExempt: (resource: PolicyResource) => boolean;
      report: (resource: PolicyResource, message: string) => void;
    },
  ) => void;
}

/** A rule about how resources hang together. */
export function stackRule<S extends Settings>(args: StackRuleArgs<S>): StackValidationPolicy {
  const { policy, read } = commonParts(args);
  return {
    ...policy,
    validateStack({ resources, getConfig }, reportViolation) {
      const settings = read(getConfig());
      args.check(resources, {
        settings,
        isExempt: ({ name }) => matchesAny(settings.exempt, name),
        report: ({ name, urn }, message) => reportViolation(`${name}: ${message}`, urn),
      });
    },
  };
}
