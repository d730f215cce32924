/** Values of properties as a person may see them in a report: short, and never a secret. */
import { isBag, signatureKey, type Property } from "./propertyBag";

const secretText = "[secret]";

/** A value under such a name is not shown, even where nobody marked it: it may have been put there by hand. */
const tellingName =
  /password|secret|token$|^key$|accessKey|sharedKey|connectionString|secureValue/i;

const longest = 80;

/** Where a walk along a path ended: nowhere, at a value, or at something that must not be shown. */
type Found = { value: Property } | "hidden" | undefined;

const isSecret = (value: Property): boolean =>
  value === secretText || (isBag(value) && Object.hasOwn(value, signatureKey));

/** A name that sounds like one and is none: what a secret is called. */
const harmlessName = "secretName";

/** Siblings of `isSecret: true` are a task's secret values. */
const hides = (owner: Property, key: string): boolean =>
  isSecret(owner) ||
  (tellingName.test(key) && key !== harmlessName) ||
  (isBag(owner) && owner["isSecret"] === true);

/** The segments of a path as Pulumi writes it: `a.b[0]["c.d"]`. */
export function pathSegments(path: string): string[] {
  const segment = /\.?([A-Za-z_$][\w$]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g;
  return [...path.matchAll(segment)].map(([, name, index, quoted]) =>
    quoted === undefined ? (name ?? index ?? "") : (JSON.parse(quoted) as string),
  );
}

function find(value: Property, [key, ...rest]: string[]): Found {
  if (isSecret(value)) return "hidden";
  if (key === undefined) return value == null ? undefined : { value };
  if (hides(value, key)) return "hidden";
  if (Array.isArray(value)) return find(value[Number(key)], rest);
  return isBag(value) ? find(value[key], rest) : undefined;
}

/** The value with every secret in it replaced. */
function veiled(value: Property): Property {
  if (isSecret(value)) return secretText;
  if (Array.isArray(value)) return value.map(veiled);
  if (!isBag(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      hides(value, key) && key !== "isSecret" && key !== "name" ? secretText : veiled(member),
    ]),
  );
}

/** How the engine writes a value that nobody knows yet, in a preview. */
const unknownMark = /"04da6b54-80e4-46f7-96ec-b56ff0331ba9"/g;

/** The text of such a value. */
export const knownLater = "(known after up)";

/** JSON on one line; an ARM id by its last two segments. */
function brief(value: Property): string {
  const text = JSON.stringify(
    typeof value === "string"
      ? value.replace(/^\/subscriptions\/.*(\/[^/]+\/[^/]+)$/, "…$1")
      : value,
  ).replace(unknownMark, knownLater);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** Texts of a change; absent on a side where there is nothing, and on both for a secret. */
export interface ShownChange {
  before?: string;
  after?: string;
  /** There is something that must not be shown. */
  secret?: true;
}

/** What a property was and is, as text; neither when either is secret. */
export function shownChange(
  path: string,
  { before, after }: { before: Property; after: Property },
): ShownChange {
  const segments = pathSegments(path);
  const [old, now] = [find(before, segments), find(after, segments)];
  if (old === "hidden" || now === "hidden") return { secret: true };
  return {
    ...(old ? { before: brief(veiled(old.value)) } : {}),
    ...(now ? { after: brief(veiled(now.value)) } : {}),
  };
}
