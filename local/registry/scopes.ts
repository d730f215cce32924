/** Rights on repositories: what a token asks for, and what scope maps and roles allow. No state. */

export const actions = ["pull", "push", "delete", "metadata_read", "metadata_write"] as const;
export type Action = (typeof actions)[number];

/** One requested right, e.g. `repository:samples/node:pull,push`. */
export interface RequestedScope {
  type: "repository" | "registry";
  name: string;
  actions: string[];
}

/**
 * Reads scope parameters; several may come in one string, parted by spaces. A scope of a kind that
 * is not known is left out, as registries do: it grants nothing.
 */
export function parseScopes(parameters: readonly string[]): RequestedScope[] {
  return parameters
    .flatMap((parameter) => parameter.split(" "))
    .flatMap((scope) => {
      const match = /^(repository|registry):(.+):([a-z_*,]*)$/.exec(scope);
      if (!match) return [];
      const [, type, name, list] = match as unknown as [
        string,
        RequestedScope["type"],
        string,
        string,
      ];
      return [{ type, name, actions: list.split(",").filter((action) => action !== "") }];
    });
}

/** ACR's scope map actions, by their last two segments. */
const scopeMapActions: Record<string, Action> = {
  "content/read": "pull",
  "content/write": "push",
  "content/delete": "delete",
  "metadata/read": "metadata_read",
  "metadata/write": "metadata_write",
};

/** Whether scope map actions such as `repositories/samples/*\/content/read` allow an action on a repository. */
export function scopeMapAllows(
  scopeMap: readonly string[],
  action: Action,
  repository: string,
): boolean {
  return scopeMap.some((entry) => {
    const match = /^repositories\/(.+)\/([a-z]+\/[a-z]+)$/i.exec(entry);
    const [, pattern = "", kind = ""] = match ?? [];
    if (scopeMapActions[kind.toLowerCase()] !== action) return false;
    return pattern.endsWith("*")
      ? repository.startsWith(pattern.slice(0, -1))
      : repository === pattern;
  });
}

const everywhere = (...kinds: string[]): string[] => kinds.map((kind) => `repositories/*/${kind}`);

/** The scope maps every registry has, by name. */
export const builtInScopeMaps: Readonly<Record<string, readonly string[]>> = {
  _repositories_pull: everywhere("content/read"),
  _repositories_pull_metadata_read: everywhere("content/read", "metadata/read"),
  _repositories_push: everywhere("content/read", "content/write"),
  _repositories_push_metadata_write: everywhere(
    "content/read",
    "content/write",
    "metadata/read",
    "metadata/write",
  ),
  _repositories_admin: everywhere(...Object.keys(scopeMapActions)),
};

/** RBAC actions that allow an action of the data plane; one is enough. */
export const roleActions: Readonly<Record<Action | "catalog", readonly string[]>> = {
  pull: ["Microsoft.ContainerRegistry/registries/pull/read"],
  push: ["Microsoft.ContainerRegistry/registries/push/write"],
  delete: ["Microsoft.ContainerRegistry/registries/artifacts/delete"],
  metadata_read: [
    "Microsoft.ContainerRegistry/registries/metadata/read",
    "Microsoft.ContainerRegistry/registries/pull/read",
  ],
  metadata_write: ["Microsoft.ContainerRegistry/registries/metadata/write"],
  catalog: [
    "Microsoft.ContainerRegistry/registries/metadata/read",
    "Microsoft.ContainerRegistry/registries/pull/read",
  ],
};
