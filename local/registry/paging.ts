/** Pages of names, as registries give them: `n` items after `last`, and a Link header to the next page. */
import type { ServerResponse } from "node:http";
import { RegistryError } from "./errors";

/** Azure's page size when the client names none. */
const usualPage = 100;

/**
 * The page that the query asks for; sets the Link header when more follow.
 * @throws {RegistryError} `invalidRequest` when `n` is not a whole number above 0.
 */
export function paged<T>(options: {
  items: readonly T[];
  name(item: T): string;
  url: URL;
  response: ServerResponse;
}): T[] {
  const { items, name, url, response } = options;
  const size = Number(url.searchParams.get("n") ?? usualPage);
  if (!Number.isInteger(size) || size < 1) {
    throw new RegistryError("invalidRequest", "n must be a whole number above 0");
  }
  const last = url.searchParams.get("last");
  const start = last ? items.findIndex((item) => name(item) === last) + 1 : 0;
  const page = items.slice(start, start + size);
  const final = page.at(-1);
  if (final !== undefined && start + size < items.length) {
    const query = new URLSearchParams(url.searchParams);
    query.set("n", String(size));
    query.set("last", name(final));
    response.setHeader("link", `<${url.pathname}?${query}>; rel="next"`);
  }
  return page;
}
