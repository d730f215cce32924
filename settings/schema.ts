/** The configuration as a whole: its shape, its defaults, and what must hold between its parts. */
import * as z from "zod";
import { registryTiers } from "../components/parts/platform";
import { publicRegistryNames, type PublicRegistryName } from "../components/parts/publicRegistry";
import * as rules from "./rules";

const repositories = "https://github.com/importing-public-content";
const sourceOf = (name: string): string => `${repositories}/${name}.git#main`;

export const defaultBaseImages = [
  {
    name: "node",
    tag: "22-alpine",
    source: sourceOf("base-image-node"),
    gate: sourceOf("import-baseimage-node"),
  },
];

export const defaultApps = [
  { name: "hello-world", source: sourceOf("hello-world"), baseImages: ["node"] as [string] },
];

const baseImage = z.strictObject(
  {
    /** Names its tasks: `node-public` and `base-import-node`. */
    name: rules.imageName,
    /** As its registry names it; the name unless given. Base artifacts call it the same. */
    repository: rules.repository.optional(),
    tag: rules.tag,
    /** The public registry that it comes from; without one, from the simulated public registry where that is on. */
    registry: rules.oneOf(publicRegistryNames, "docker.io").optional(),
    /** The git repository that builds it in the simulated public registry. */
    source: rules.gitUrl(sourceOf("base-image-node")).optional(),
    /** The git repository with its gate. */
    gate: rules.gitUrl(sourceOf("import-baseimage-node")),
    /** When to look for a new one beside the base image trigger, which only polls public registries. */
    schedule: rules.schedule.optional(),
    /** Holds the stable tag at a promoted image: the id of the run that promoted it, or its digest. */
    pin: rules.pin.optional(),
    /** Digests that the gate keeps out for good. */
    reject: z.array(rules.digest, { error: "a list of digests" }).default([]),
  },
  { error: "an object with name, tag and gate" },
);

const app = z.strictObject(
  {
    /** Names its task, repository, and container. */
    name: rules.appName,
    source: rules.gitUrl(sourceOf("hello-world")),
    /** Names of base images; the app runs on the first. */
    baseImages: z.tuple([rules.imageName], rules.imageName, {
      error: "a list of base images' names",
    }),
    /** False builds the app straight on public images, as in the article's first half. */
    gated: rules.flag(true).default(true),
    /** Apps of one team share a registry; without a team an app has its own. */
    team: rules.team.optional(),
    /** Builds this app on a promoted image of its first base image, whatever the stable tag is. */
    pin: rules.pin.optional(),
  },
  { error: "an object with name, source and baseImages" },
);

const group = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, { error: `an object with ${Object.keys(shape).join(", ")}` });

export const schema = group({
  location: rules.location,
  namePrefix: rules.namePrefix.default("contoso"),
  /** Whether a registry of our own stands in for Docker Hub, so that a change of a public image can be tried. */
  publicSimulator: rules.flag(true).default(true),
  baseImages: z
    .array(baseImage, { error: "a list of base images" })
    .min(1, { error: "a list of at least one base image" })
    .prefault(defaultBaseImages),
  apps: z.array(app, { error: "a list of apps" }).prefault(defaultApps),
  tokens: group({
    /** Change it, and every token gets another password; the one before works until the next change. */
    rotated: rules.date.optional(),
    validDays: rules.days(7, 730, 180).default(180),
  }).prefault({}),
  registries: group({
    tier: rules.oneOf(registryTiers, "Premium").default("Premium"),
    /** How long a deleted image can be restored. Azure allows this or `retentionDays`. */
    softDeleteDays: rules.days(1, 90, 7).optional(),
    /** After how long untagged manifests are removed; a feature of Premium. */
    retentionDays: rules.days(1, 365, 30).optional(),
  }).prefault({}),
  vault: group({
    /** Cannot be switched off again. */
    purgeProtection: rules.flag(false).default(false),
    /** Roles on single secrets instead of access policies. */
    rbac: rules.flag(false).default(false),
  }).prefault({}),
  /** Where registries and vault send their logs. */
  logAnalyticsWorkspace: rules.workspace.optional(),
  tags: rules.tags.default({}),
  /** Whether `pulumi destroy` refuses registries and vault. */
  protect: rules.flag(false).default(false),
});

/** When images of real public registries are looked for, beside Azure's own polling. */
const defaultSchedule = "0 3 * * *";

type Parsed = z.infer<typeof schema>;
type ParsedImage = Parsed["baseImages"][number];
type ParsedApp = Parsed["apps"][number];

export interface BaseImageSettings extends Omit<ParsedImage, "source" | "registry"> {
  repository: string;
  /** What builds it in the simulated public registry. */
  source?: string;
  /** The real public registry that it comes from instead. */
  registry?: PublicRegistryName;
}

export interface AppSettings extends Omit<ParsedApp, "baseImages"> {
  baseImages: [BaseImageSettings, ...BaseImageSettings[]];
}

/** The configuration with defaults filled in, without the secrets. */
export interface PlainSettings extends Omit<
  Parsed,
  "baseImages" | "apps" | "publicSimulator" | "logAnalyticsWorkspace"
> {
  baseImages: BaseImageSettings[];
  /** Those of the base images that the simulated public registry builds. */
  simulatedImages: (BaseImageSettings & { source: string })[];
  apps: AppSettings[];
  registries: Parsed["registries"] & Pick<Parsed, "logAnalyticsWorkspace">;
  vault: Parsed["vault"] & Pick<Parsed, "location" | "logAnalyticsWorkspace">;
}

/** Settles where each image comes from, and puts what belongs together into one place. */
export function settle(parsed: Parsed): PlainSettings {
  const { baseImages, apps, publicSimulator, logAnalyticsWorkspace, ...others } = parsed;
  const { location, vault, registries } = others;
  const images = baseImages.map(({ source, registry, ...image }): BaseImageSettings => {
    const repository = image.repository ?? image.name;
    if (publicSimulator && !registry && source) return { ...image, repository, source };
    const schedule = image.schedule ?? defaultSchedule;
    return { ...image, repository, schedule, registry: registry ?? "docker.io" };
  });
  const named = (wanted: string): BaseImageSettings => {
    const image = images.find(({ name }) => name === wanted);
    if (image) return image;
    throw new Error(`there is no base image ${wanted}`);
  };
  return {
    ...others,
    registries: { ...registries, logAnalyticsWorkspace },
    vault: { ...vault, location, logAnalyticsWorkspace },
    baseImages: images,
    simulatedImages: images.flatMap(({ source, ...image }) =>
      source === undefined ? [] : [{ ...image, source }],
    ),
    apps: apps.map(({ baseImages: [first, ...more], ...app }) => ({
      ...app,
      baseImages: [named(first), ...more.map(named)],
    })),
  };
}
