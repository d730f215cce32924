/** The rule that carries the idea: what a team ships is built on what the company let in. */
import type { PolicyResource } from "@pulumi/policy";
import { findBaseArtifacts } from "./parts/baseArtifacts";
import type { BaseArtifacts } from "./parts/baseArtifacts";
import { isKind, registryKind, stackRule } from "./parts/rule";
import { texts } from "./parts/settings";
import { roleFinder } from "./parts/taskRole";
import { taskKind } from "./parts/taskShape";
import type { BuildStep, NamedValue, TaskProps } from "./parts/taskShape";
import { checkAll, checkEach, isUnknown } from "./parts/unknown";
import { dockerHub, registryOf } from "./containerInstance";

export const appBuildsOnBaseArtifacts = stackRule({
  name: "app-builds-on-base-artifacts",
  description:
    "An app's task builds on images of base-artifacts, which passed the gate, and on no others.",
  severity: "critical",
  // An app may start ungated; where production begins, configuration says `mandatory`.
  enforcementLevel: "advisory",
  remediationSteps:
    "Let the gate import the image, give the task the login server of base-artifacts (app.gated: true), and its pull token as the only login.",
  settings: {
    baseArtifacts: texts(
      "Login servers of base-artifacts, for a stack that does not hold it; once given, no other counts. * stands for any characters but dots",
    ),
    importTasks: texts(
      "Logical names of tasks that import, outside the components; their registry is base-artifacts",
      "base-import-*",
    ),
    simulatorTasks: texts(
      "Logical names of tasks that simulate a public registry, outside the components",
      "*-public",
    ),
    registryValues: texts(
      "Names of the values that tell a task where its base images come from",
      "REGISTRY_FROM_URL",
    ),
  },
  check(resources, { settings, isExempt, report }) {
    const roleOf = roleFinder(settings);
    const baseArtifacts = findBaseArtifacts(resources, roleOf, settings.baseArtifacts);
    const apps = resources.filter(
      (resource) =>
        isKind(resource.type, [taskKind]) && roleOf(resource) === "app" && !isExempt(resource),
    );
    checkAll(
      apps.map((app) => () => {
        const complain = (message: string): void => report(app, message);
        checkAll([
          () => checkSteps(app, { baseArtifacts, names: settings.registryValues, complain }),
          () => checkLogins(app, { baseArtifacts, complain }),
        ]);
      }),
    );
  },
});

interface Check {
  baseArtifacts: BaseArtifacts;
  complain: (message: string) => void;
}

/** Follows the values that say where base images come from. */
function checkSteps(
  app: PolicyResource,
  { baseArtifacts, names, complain }: Check & { names: readonly string[] },
): void {
  elseByDependencies(app, "step", baseArtifacts, {
    check: () => {
      const found = sourceValues((app.props as TaskProps).step, names);
      // A task without the value builds on Docker Hub, as one with an empty value.
      if (found.length === 0)
        complain(
          `builds from ${dockerHub} (step has no ${names.join(" or ")}); ${baseArtifacts.described}`,
        );
      checkEach(found, ({ name = "", value = "" }) => {
        const registry = registryOf(`${value.replace(/^https?:\/\/|\/+$/gi, "")}/image`);
        if (!baseArtifacts.has(registry))
          complain(`builds from ${registry} (step ${name}); ${baseArtifacts.described}`);
      });
    },
    complain: (registry) =>
      complain(`builds from registry ${registry} (step); ${baseArtifacts.described}`),
  });
}

/** A task that can sign in somewhere else can build from there. */
function checkLogins(app: PolicyResource, { baseArtifacts, complain }: Check): void {
  elseByDependencies(app, "credentials", baseArtifacts, {
    check: () =>
      checkEach(
        Object.keys((app.props as TaskProps).credentials?.customRegistries ?? {}),
        (loginServer) => {
          if (!baseArtifacts.has(loginServer))
            complain(`signs in to ${loginServer} (credentials); ${baseArtifacts.described}`);
        },
      ),
    complain: (registry) =>
      complain(`signs in to registry ${registry} (credentials); ${baseArtifacts.described}`),
  });
}

const sourceValues = (step: BuildStep | undefined, names: readonly string[]): NamedValue[] =>
  [...(step?.values ?? []), ...(step?.arguments ?? [])].filter(({ name = "" }) =>
    names.includes(name),
  );

/**
 * Before the first update the login servers of a stack are unknown, but not which registries a property is made from:
 * where `check` meets an unknown value, those decide.
 * @param property of `app`
 * @throws the unknown value, where they do not tell either
 */
function elseByDependencies(
  app: PolicyResource,
  property: string,
  baseArtifacts: BaseArtifacts,
  { check, complain }: { check: () => void; complain: (registry: string) => void },
): void {
  try {
    check();
  } catch (error) {
    if (!isUnknown(error)) throw error;
    const registriesOf = (of: string): PolicyResource[] =>
      (app.propertyDependencies[of] ?? []).filter(({ type }) => isKind(type, [registryKind]));
    const own = registriesOf("registryName");
    const registries = registriesOf(property).filter((one) => !own.includes(one));
    const foreign = registries.filter((registry) => !baseArtifacts.holds(registry));
    // Some of both: no telling which of them it is.
    if (registries.length === 0 || (foreign.length > 0 && foreign.length < registries.length))
      throw error;
    for (const { name } of foreign) complain(name);
  }
}
