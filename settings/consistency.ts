/** What must hold between settings that are each well-formed by themselves. */
import { registryStem } from "../components/parts/names";
import { digestPattern, imageName } from "./rules";
import { defaultApps, defaultBaseImages } from "./schema";

/** A mistake: where it is, what is wrong, and a value that would do; without one the setting should go. */
export interface Fault {
  path: readonly PropertyKey[];
  problem: string;
  example?: string;
  /** Whether the value is typed in instead, where nobody sees it. */
  secret?: boolean;
}

type Bag = Record<string, unknown>;

const isBag = (given: unknown): given is Bag =>
  typeof given === "object" && given !== null && !Array.isArray(given);
const listOf = (given: unknown): unknown[] => (Array.isArray(given) ? given : []);
/** The entries of a list that can be looked at, with their places. */
const entries = (given: unknown): [index: number, entry: Bag][] =>
  listOf(given).flatMap((entry, index) => (isBag(entry) ? [[index, entry]] : []));

/** @param given the configuration as it was found: what is malformed is left to the rules */
export function inconsistencies(given: Bag): Fault[] {
  const baseImages = listOf(given["baseImages"] ?? defaultBaseImages);
  const images = entries(baseImages);
  const apps = entries(given["apps"] ?? defaultApps);
  const simulated = given["publicSimulator"] !== false;
  return [
    ...repeated("baseImages", images, ({ name }) => name, "name"),
    ...repeated("baseImages", images, placeOf, "tag"),
    ...repeated("apps", apps, ({ name }) => name, "name"),
    ...sharedRegistryNames(apps),
    ...tasksCalledAlike(apps, images),
    ...images.flatMap(([index, image]) => imageFaults(["baseImages", index], image, simulated)),
    ...apps.flatMap(([index, app]) => appFaults(["apps", index], app, baseImages)),
    ...registryFaults(given["registries"]),
  ];
}

/** Where base artifacts keep an image: two from different registries must not meet there. */
const placeOf = ({ repository, name, tag }: Bag): string => `${repository ?? name}:${tag}`;

function repeated(
  list: string,
  all: [number, Bag][],
  key: (entry: Bag) => unknown,
  member: string,
): Fault[] {
  const seen = new Map<unknown, number>();
  return all.flatMap(([index, entry]) => {
    const first = seen.get(key(entry));
    if (first === undefined) seen.set(key(entry), index);
    return first === undefined || key(entry) === undefined
      ? []
      : [
          {
            path: [list, index, member],
            problem: `is ${JSON.stringify(entry[member])}, and so ${list}[${first}] has it already; ${list} must differ`,
            example: `another-${member}`,
          },
        ];
  });
}

/** Names of registries have no hyphens, so `my-shop` would meet `myshop`. */
function sharedRegistryNames(apps: [number, Bag][]): Fault[] {
  const owners = new Map<string, string>([
    ["public", "the public registry"],
    ["baseartifacts", "base artifacts"],
  ]);
  return apps.flatMap(([index, { name, team }]) => {
    const member = typeof team === "string" ? "team" : "name";
    const owner = member === "team" ? `team ${String(team)}` : `app ${String(name)}`;
    const stem = registryStem(String(team ?? name));
    const other = owners.get(stem);
    owners.set(stem, other ?? owner);
    return other === undefined || other === owner
      ? []
      : [
          {
            path: ["apps", index, member],
            problem: `would share its registry's name with ${other}`,
            example: `another-${member}`.replace("-", member === "team" ? "" : "-"),
          },
        ];
  });
}

/** The app's name is its task's. */
function tasksCalledAlike(apps: [number, Bag][], images: [number, Bag][]): Fault[] {
  const taken = images.flatMap(([, { name }]) => [
    `${String(name)}-public`,
    `base-import-${String(name)}`,
  ]);
  return apps
    .filter(([, { name }]) => taken.includes(String(name)))
    .map(([index, { name }]) => ({
      path: ["apps", index, "name"],
      problem: `is ${JSON.stringify(name)}, which is the name of a base image's task`,
      example: "another-name",
    }));
}

function imageFaults(path: PropertyKey[], image: Bag, simulated: boolean): Fault[] {
  const { registry, source, pin, reject } = image;
  const faults: Fault[] = [];
  if (simulated && registry === undefined && source === undefined)
    faults.push({
      path: [...path, "source"],
      problem:
        "is not set; it must be the git repository that builds the image in the simulated public registry, or `registry` the public registry that has it",
      example: defaultBaseImages[0]?.source ?? "",
    });
  if (typeof pin === "string" && listOf(reject).includes(pin))
    faults.push({ path: [...path, "pin"], problem: "is among the digests of `reject`" });
  return faults;
}

const isImageName = (name: unknown): boolean => imageName.safeParse(name).success;

/** @param images as they were found, malformed ones too */
function appFaults(path: PropertyKey[], app: Bag, images: unknown[]): Fault[] {
  const faults: Fault[] = [];
  const names = listOf(app["baseImages"]);
  const used = names.map((name) => images.filter(isBag).find((image) => image["name"] === name));
  const known = images.map((image) => (isBag(image) ? image["name"] : undefined));
  names.forEach((name, index) => {
    // Which one a name means is not known before all of them have the right form.
    if (used[index] || images.length === 0 || ![name, ...known].every(isImageName)) return;
    faults.push({
      path: [...path, "baseImages", index],
      problem: `is ${JSON.stringify(name)}; it must be the name of a base image: ${known.join(", ")}`,
      example: String(known[0]),
    });
  });
  const { gated, pin } = app;
  if (gated === false && new Set(used.map((image) => image?.["registry"])).size > 1)
    faults.push({
      path: [...path, "gated"],
      problem: "is false, but its base images come from different public registries",
      example: "true",
    });
  if (gated === false && pin !== undefined)
    faults.push({
      path: [...path, "pin"],
      problem: "needs `gated`: only base artifacts keep promoted images",
    });
  if (
    typeof pin === "string" &&
    digestPattern.test(pin) &&
    listOf(used[0]?.["reject"]).includes(pin)
  )
    faults.push({ path: [...path, "pin"], problem: "is a digest that its base image rejects" });
  return faults;
}

function registryFaults(registries: unknown): Fault[] {
  if (!isBag(registries)) return [];
  const { tier = "Premium", softDeleteDays, retentionDays } = registries;
  if (retentionDays === undefined) return [];
  const path = ["registries", "retentionDays"];
  const problem =
    softDeleteDays !== undefined
      ? "is set, and so is softDeleteDays; Azure has one of them on a registry"
      : tier === "Standard" || tier === "Basic"
        ? `needs the tier Premium, and the tier is ${tier}`
        : undefined;
  return problem === undefined ? [] : [{ path, problem }];
}
