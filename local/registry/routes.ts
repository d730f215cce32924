/** Paths of a registry, taken apart. Repository names hold slashes, so a table of patterns does it. */

export type Route =
  | { kind: "base" | "catalog" }
  | { kind: "repositoryTags"; repository: string }
  | { kind: "manifest"; repository: string; reference: string }
  | { kind: "blob"; repository: string; digest: string }
  | { kind: "upload"; repository: string; session: string }
  | { kind: "token" | "exchange" }
  | { kind: "metadata"; repository: string; list?: "_tags" | "_manifests"; item?: string };

const component = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const repository = `(${component}(?:/${component})*)`;
const digest = "(sha256:[0-9a-f]{64})";
const reference = `(\\w[\\w.-]{0,127}|sha256:[0-9a-f]{64})`;

const table: { pattern: RegExp; route: (...parts: string[]) => Route }[] = [
  { pattern: /^\/v2\/?$/, route: () => ({ kind: "base" }) },
  { pattern: /^\/(?:v2|acr\/v1)\/_catalog$/, route: () => ({ kind: "catalog" }) },
  {
    pattern: new RegExp(`^/v2/${repository}/tags/list$`),
    route: (name = "") => ({ kind: "repositoryTags", repository: name }),
  },
  {
    pattern: new RegExp(`^/v2/${repository}/manifests/${reference}$`),
    route: (name = "", ref = "") => ({ kind: "manifest", repository: name, reference: ref }),
  },
  {
    pattern: new RegExp(`^/v2/${repository}/blobs/${digest}$`),
    route: (name = "", blob = "") => ({ kind: "blob", repository: name, digest: blob }),
  },
  {
    pattern: new RegExp(`^/v2/${repository}/blobs/uploads/([\\w.=-]*)$`),
    route: (name = "", session = "") => ({ kind: "upload", repository: name, session }),
  },
  { pattern: /^\/(?:oauth2\/)?token$/, route: () => ({ kind: "token" }) },
  { pattern: /^\/oauth2\/exchange$/, route: () => ({ kind: "exchange" }) },
  {
    pattern: new RegExp(`^/acr/v1/${repository}/(_tags|_manifests)(?:/${reference})?$`),
    route: (name = "", list = "", item?: string) => ({
      kind: "metadata",
      repository: name,
      list: list as "_tags" | "_manifests",
      item,
    }),
  },
  {
    pattern: new RegExp(`^/acr/v1/${repository}$`),
    route: (name = "") => ({ kind: "metadata", repository: name }),
  },
];

/** The right that a request takes, in the words of a token request, e.g. `repository:node:pull`; none for `/v2/`. */
export function scopeOf(route: Route, method: string | undefined): string | undefined {
  const isRead = method === "GET" || method === "HEAD";
  const of = (name: string, right: string): string => `repository:${name}:${right}`;
  switch (route.kind) {
    case "catalog":
      return "registry:catalog:*";
    case "repositoryTags":
    case "blob":
      return of(route.repository, "pull");
    case "manifest":
      if (method === "DELETE") return of(route.repository, "delete");
      return of(route.repository, isRead ? "pull" : "pull,push");
    case "upload":
      return of(route.repository, "pull,push");
    case "metadata":
      return of(route.repository, method === "DELETE" ? "delete" : "metadata_read");
    default:
      return undefined;
  }
}

/** The route of a path (without query), or undefined when there is none. */
export function matchRoute(path: string): Route | undefined {
  for (const { pattern, route } of table) {
    const match = pattern.exec(path);
    if (match) return route(...match.slice(1));
  }
  return undefined;
}
