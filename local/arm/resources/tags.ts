/** Microsoft.Resources/tags: the tags of any resource or group, as `az tag update` changes them. */
import type { Resource, ResourceStore } from "../../contracts/resources";
import { objectAt, optionalChoice, tagsAt, type Json } from "../body";
import { refuse } from "../errors";
import type { KindRequest, ResourceKind } from "../kind";

const type = "Microsoft.Resources/tags";

export function tagsKind({ resources }: { resources: ResourceStore }): ResourceKind {
  const target = ({ scope, name }: KindRequest): Resource => {
    const found = resources.get(scope);
    if (!found || name.toLowerCase() !== "default") {
      throw refuse("ResourceNotFound", type, name, scope);
    }
    return found;
  };
  const shown = (resource: Resource): Resource => ({
    id: `${resource.id}/providers/${type}/default`,
    name: "default",
    type,
    properties: { tags: resource.tags ?? {} },
  });
  const retag = (request: KindRequest, change: (tags: Record<string, string>) => Json) => {
    const resource = target(request);
    const tags = tagsAt(change(resource.tags ?? {})) ?? {};
    resources.put({ ...resource, tags });
    return { status: 200, body: shown({ ...resource, tags }) };
  };
  const given = ({ body }: KindRequest): Record<string, string> =>
    tagsAt(objectAt(body.properties, "properties").tags) ?? {};

  return {
    type,
    scope: "any",
    createdStatus: 200,
    find: (request) => shown(target(request)),
    put: (request) => retag(request, () => given(request)),
    patch: (request) =>
      retag(request, (tags) => {
        const operations = ["Merge", "Replace", "Delete"] as const;
        switch (optionalChoice(request.body.operation, operations, "operation")) {
          case "Replace":
            return given(request);
          case "Delete":
            return Object.fromEntries(
              Object.entries(tags).filter(([name]) => !(name in given(request))),
            );
          default:
            return { ...tags, ...given(request) };
        }
      }),
  };
}
