/** Which registries of a stack hold what passed the gate. */
import type { PolicyResource } from "@pulumi/policy";
import { isKind, registryKind } from "./rule";
import { componentRole } from "./taskRole";
import type { TaskRole } from "./taskRole";
import { taskKind } from "./taskShape";
import { ifKnown } from "./unknown";
import { matchesAny } from "./wildcard";

export interface BaseArtifacts {
  /**
   * Whether a login server is one of base-artifacts.
   * @throws an unknown value when it can be one whose name is not known yet
   */
  has(loginServer: string): boolean;
  /**
   * Whether a registry of the stack is one.
   * @throws an unknown value when that hangs on its name
   */
  holds(registry: PolicyResource): boolean;
  /** For messages: what there is, or how to tell the rule. */
  described: string;
}

/** Names of registries in Azure, its national clouds included. */
const azureRegistry = /\.azurecr\.[a-z]+$/i;

const loginServerOf = ({ props }: PolicyResource): string =>
  (props as { loginServer?: string }).loginServer ?? "";

/** The component through which a stack with apps takes another stack's base-artifacts. */
const referenceType = "gated-imports:index:ReferencedArtifacts";

/**
 * Base-artifacts is what was listed; without a list it is each registry in a BaseArtifacts component, each that a task
 * which imports belongs to, and each that a ReferencedArtifacts component names.
 */
export function findBaseArtifacts(
  resources: readonly PolicyResource[],
  roleOf: (task: PolicyResource) => TaskRole,
  listed: readonly string[],
): BaseArtifacts {
  if (listed.length > 0)
    return {
      has: (loginServer) => matchesAny(listed, loginServer),
      holds: (registry) => matchesAny(listed, loginServerOf(registry)),
      described: `base-artifacts is ${listed.join(", ")}`,
    };

  const withImports = resources
    .filter((resource) => isKind(resource.type, [taskKind]) && roleOf(resource) === "import")
    .flatMap((task) => task.propertyDependencies["registryName"] ?? []);
  const trusted = resources.filter(
    (resource) =>
      resource.type === referenceType ||
      (isKind(resource.type, [registryKind]) &&
        (componentRole(resource) === "import" || withImports.includes(resource))),
  );
  const names = trusted.map(
    (each) => ifKnown(() => loginServerOf(each)) ?? `registry ${each.name} of this stack`,
  );
  return {
    has(loginServer) {
      const isOf = (name: string | undefined): boolean =>
        name?.toLowerCase() === loginServer.toLowerCase();
      if (trusted.some((registry) => isOf(ifKnown(() => loginServerOf(registry))))) return true;
      // Not on Azure, so none of them, whatever those will be called that have no name yet.
      if (!azureRegistry.test(loginServer)) return false;
      return trusted.some((registry) => isOf(loginServerOf(registry)));
    },
    holds: (registry) => trusted.includes(registry),
    described:
      names.length > 0
        ? `base-artifacts is ${names.join(", ")}`
        : "base-artifacts is not in this stack; name its login server in the setting baseArtifacts",
  };
}
