/** Asks one rule about resources as Pulumi would, and tells its verdict. */
import type {
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { unknownCheckingProxy, UnknownValueError } from "@pulumi/policy";

type Bag = Record<string, unknown>;

/** What the engine sends for a text that is not known in a preview, and for a list or map. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownList = "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2";
export const unknownBag = "dd056dcd-154b-4c76-9bd3-c8f88648b5ff";

export interface Verdict {
  violations: string[];
  /** Path of the first value that a preview could not know; the SDK makes an advisory of it. */
  unknown?: string;
  /** Why the rule has nothing to say. */
  notApplicable?: string;
}

class NotApplicable extends Error {}

const notApplicable = (reason = ""): never => {
  throw new NotApplicable(reason);
};

const withConfig =
  (config: Bag) =>
  <T extends object>(): T =>
    config as T;

const opts: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};

async function listen(
  run: (report: (message: string, urn?: string) => void) => void | Promise<void>,
): Promise<Verdict> {
  const violations: string[] = [];
  try {
    await run((message, urn) => violations.push(urn ? `${urn} ${message}` : message));
    return { violations };
  } catch (error) {
    if (error instanceof NotApplicable) return { violations, notApplicable: error.message };
    if (!(error instanceof UnknownValueError)) throw error;
    const { props } = error as unknown as { props: string[] };
    return { violations, unknown: props.join(".") };
  }
}

export interface Subject {
  /** Token without azure-native, e.g. `containerregistry:Registry`; a whole one where it has three parts. */
  type: string;
  name?: string;
  props: Bag;
}

const token = (type: string): string => (/:.*:/.test(type) ? type : `azure-native:${type}`);

/** The verdict on one resource's inputs. */
export function judge(
  policy: ResourceValidationPolicy,
  { type, name = "subject", props }: Subject,
  config: Bag = {},
): Promise<Verdict> {
  const args = {
    type: token(type),
    name,
    urn: `urn:pulumi:test::project::${token(type)}::${name}`,
    props: unknownCheckingProxy(props) as Bag,
    opts,
    stackTags: new Map<string, string>(),
    isType: () => false,
    asType: () => undefined,
    getConfig: withConfig(config),
    notApplicable,
  };
  return listen((report) => (policy.validateResource as ResourceValidation)(args, report));
}

export interface StackSubject extends Subject {
  name: string;
  /** Tokens of the components around it, the outermost first. */
  within?: string[];
  /** Property to the names of the resources that it is made from. */
  from?: Record<string, string[]>;
}

/** The verdict on a stack's outputs. A violation starts with the name of the resource that it is filed under. */
export async function judgeStack(
  policy: StackValidationPolicy,
  subjects: StackSubject[],
  config: Bag = {},
): Promise<Verdict> {
  const resources = subjects.map(({ type, name, props, within = [] }): PolicyResource => ({
    type: token(type),
    name,
    urn: `urn:pulumi:test::project::${[...within, token(type)].join("$")}::${name}`,
    props: unknownCheckingProxy(props) as Bag,
    opts,
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  }));
  const named = (name: string): PolicyResource => {
    const found = resources.find((resource) => resource.name === name);
    if (!found) throw new Error(`no resource ${name} in this stack`);
    return found;
  };
  for (const { name, from = {} } of subjects)
    for (const [property, names] of Object.entries(from))
      named(name).propertyDependencies[property] = names.map(named);
  const verdict = await listen((report) =>
    policy.validateStack(
      {
        resources,
        stackTags: new Map<string, string>(),
        getConfig: withConfig(config),
        notApplicable,
      },
      report,
    ),
  );
  return {
    ...verdict,
    violations: verdict.violations.map((each) => each.replace(/^urn:\S*::(\S+) /, "[$1] ")),
  };
}
