/** What a task is for: told by the component that it is part of, else by its name. */
import type { PolicyResource } from "@pulumi/policy";
import { matchesAny } from "./wildcard";

export type TaskRole = "import" | "simulator" | "app";

const roleOfComponent: Readonly<Record<string, TaskRole>> = {
  "gated-imports:index:BaseArtifacts": "import",
  "gated-imports:index:PublicSimulator": "simulator",
  "gated-imports:index:TeamApp": "app",
};

/** The role of the component around a resource; `undefined` outside of them. The innermost one counts. */
export function componentRole({ urn }: Pick<PolicyResource, "urn">): TaskRole | undefined {
  const [, , types = ""] = urn.split("::");
  return types
    .split("$")
    .map((type) => roleOfComponent[type])
    .filter(Boolean)
    .pop();
}

/** Patterns of logical names. */
export interface TaskNames {
  importTasks: readonly string[];
  simulatorTasks: readonly string[];
}

/** Gives the role of a task. Whatever neither imports nor simulates is an app's. */
export function roleFinder(names: TaskNames): (task: PolicyResource) => TaskRole {
  return (task) => {
    const byComponent = componentRole(task);
    if (byComponent) return byComponent;
    if (matchesAny(names.importTasks, task.name)) return "import";
    return matchesAny(names.simulatorTasks, task.name) ? "simulator" : "app";
  };
}
