/** Azure's own view of repositories, tags and manifests (`/acr/v1/`), which `az acr repository` asks for. */
import { need, type Visit } from "./content";
import { RegistryError, sendJson } from "./errors";
import { paged } from "./paging";
import type { Route } from "./routes";
import type { StoredManifest, StoredTag, Storage } from "./storage";

type MetadataRoute = Extract<Route, { kind: "metadata" }>;

/** Locks are not simulated, so nothing is ever locked. */
const changeableAttributes = {
  deleteEnabled: true,
  writeEnabled: true,
  readEnabled: true,
  listEnabled: true,
};

const tagView = (tag: StoredTag): Record<string, unknown> => ({
  name: tag.name,
  digest: tag.digest,
  createdTime: tag.created.toISOString(),
  lastUpdateTime: tag.updated.toISOString(),
  changeableAttributes,
});

const manifestView = ({ created, ...manifest }: StoredManifest): Record<string, unknown> => ({
  ...manifest,
  createdTime: created.toISOString(),
  lastUpdateTime: created.toISOString(),
  changeableAttributes,
});

/** By name as stored, or by time when the query says so. */
function ordered<T>(items: T[], time: (item: T) => Date, url: URL): T[] {
  const order = (url.searchParams.get("orderby") ?? "").toLowerCase();
  if (!order.startsWith("time")) return items;
  const sign = order === "timedesc" ? -1 : 1;
  return items.sort((a, b) => sign * (time(a).getTime() - time(b).getTime()));
}

/** Answers a `/acr/v1/REPOSITORY` request. @throws {RegistryError | MissingRight} */
export async function serveMetadata(
  visit: Visit & { route: MetadataRoute },
  storage: Storage,
): Promise<void> {
  const { site, grant, route, url, request, response } = visit;
  const { repository, list, item } = route;
  const stored = `${site.prefix}/${repository}`;
  const about = { registry: site.name, imageName: repository };
  const isRead = request.method === "GET" || request.method === "HEAD";
  const isDelete = request.method === "DELETE";
  if (isRead) need(grant, repository, "metadata_read");
  else if (isDelete) need(grant, repository, "delete");
  else throw new RegistryError("unsupported", "locking of images is not simulated");

  const manifests = await storage.manifests(stored);
  const tags = await storage.tags(stored);
  if (manifests.length === 0) {
    throw new RegistryError("noSuchRepository", undefined, { name: repository });
  }

  if (list === undefined) {
    if (isDelete) {
      await storage.remove(stored);
      return sendJson(response, 202, {
        manifestsDeleted: manifests.map((manifest) => manifest.digest),
        tagsDeleted: tags.map((tag) => tag.name),
      });
    }
    const times = manifests.map((manifest) => manifest.created.getTime());
    const updates = tags.map((tag) => tag.updated.getTime());
    return sendJson(response, 200, {
      ...about,
      createdTime: new Date(Math.min(...times)).toISOString(),
      lastUpdateTime: new Date(Math.max(...times, ...updates)).toISOString(),
      manifestCount: manifests.length,
      tagCount: tags.length,
      changeableAttributes,
    });
  }

  if (list === "_tags") {
    if (item === undefined) {
      if (!isRead) throw new RegistryError("unsupported");
      const digest = url.searchParams.get("digest");
      const wanted = digest ? tags.filter((tag) => tag.digest === digest) : tags;
      const items = ordered(wanted, (tag) => tag.updated, url);
      const page = paged({ items, name: (tag) => tag.name, url, response });
      return sendJson(response, 200, { ...about, tags: page.map(tagView) });
    }
    const tag = tags.find((one) => one.name === item);
    if (!tag) throw new RegistryError("noSuchTag", undefined, { name: repository, tag: item });
    if (isRead) return sendJson(response, 200, { ...about, tag: tagView(tag) });
    await storage.removeTag(stored, item);
    response.writeHead(202, { "content-length": 0 });
    response.end();
    return;
  }

  if (!isRead)
    throw new RegistryError("unsupported", "delete manifests by /v2/NAME/manifests/DIGEST");
  if (item === undefined) {
    const items = ordered(manifests, (manifest) => manifest.created, url);
    const page = paged({ items, name: (manifest) => manifest.digest, url, response });
    return sendJson(response, 200, { ...about, manifests: page.map(manifestView) });
  }
  const manifest = manifests.find((one) => one.digest === item);
  if (!manifest) {
    throw new RegistryError("noSuchManifest", undefined, { name: repository, digest: item });
  }
  sendJson(response, 200, { ...about, manifest: manifestView(manifest) });
}
