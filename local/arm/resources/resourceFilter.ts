/** The `$filter` of resource lists: equality terms joined by `and`. */
import type { Resource } from "../../contracts/resources";
import { refuse } from "../errors";

/** `name eq 'value'` terms of an OData filter, as pairs with the name as written. */
export function equalityTerms(filter: string): [name: string, value: string][] {
  return filter.split(/\s+and\s+/i).map((term) => {
    const match = /^\(?\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*\)?$/i.exec(term.trim());
    if (!match) throw refuse("InvalidFilterInQueryString", filter);
    return [match[1] ?? "", (match[2] ?? "").replaceAll("''", "'")];
  });
}

const readers: Readonly<Record<string, (resource: Resource) => string | undefined>> = {
  resourcetype: ({ type }) => type,
  name: ({ name }) => name,
  location: ({ location }) => location,
  resourcegroup: ({ id }) => /\/resourceGroups\/([^/]+)/i.exec(id)?.[1],
};

/** Decides which resources a filter lets through; serves resourceType, name, location, resourceGroup and tags. */
export function resourceFilter(filter: string | null): (resource: Resource) => boolean {
  if (!filter) return () => true;
  const terms = equalityTerms(filter);
  const tagName = terms.find(([name]) => name.toLowerCase() === "tagname")?.[1];
  const tests = terms.map(([name, value]) => {
    if (name.toLowerCase() === "tagname")
      return ({ tags }: Resource) => tags?.[value] !== undefined;
    if (name.toLowerCase() === "tagvalue" && tagName !== undefined) {
      return ({ tags }: Resource) => tags?.[tagName] === value;
    }
    const reader = readers[name.toLowerCase()];
    if (!reader) throw refuse("InvalidFilterInQueryString", filter);
    return (resource: Resource) => reader(resource)?.toLowerCase() === value.toLowerCase();
  });
  return (resource) => tests.every((test) => test(resource));
}
