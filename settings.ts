/** The stack's configuration: typed, with defaults, checked as a whole before anything is declared. */
import * as azureNative from "@pulumi/azure-native/config";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import {
  publicRegistryFacts,
  publicRegistryNames,
  type PublicLogins,
  type PublicRegistryName,
} from "./components/parts/publicRegistry";
import { inconsistencies, type Fault } from "./settings/consistency";
import { nearest } from "./settings/nearest";
import { describeFaults, keyOf, project } from "./settings/remedies";
import type { Example } from "./settings/rules";
import { schema, settle, type BaseImageSettings, type PlainSettings } from "./settings/schema";

export type { BaseImageSettings };

export interface Settings extends PlainSettings {
  publicLogins: PublicLogins;
  /** GitHub token that reads the repositories and registers their webhooks. */
  gitToken: pulumi.Output<string>;
}

/** What may be at a place of the configuration, by name; none where there are no names. */
function membersAt(path: readonly PropertyKey[]): string[] {
  const within = path.reduce<unknown>((type, step) => {
    const object = unwrapped(type);
    if (object instanceof z.ZodArray) return object.element;
    return object instanceof z.ZodObject ? object.shape[String(step)] : undefined;
  }, schema);
  const object = unwrapped(within);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

const unwrapped = (type: unknown): unknown =>
  type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodPrefault
    ? unwrapped(type.unwrap())
    : type;

/** The keys of secrets, which the schema does not have. */
const secretKeys = [
  "gitToken",
  ...publicRegistryNames.flatMap((name) => {
    const { login } = publicRegistryFacts[name];
    return login ? [`${login.key}User`, `${login.key}Password`] : [];
  }),
];

function strangeKey(path: readonly PropertyKey[], key: string): Fault {
  const known = path.length > 0 ? membersAt(path) : [...membersAt(path), ...secretKeys];
  const meant = nearest(key, known);
  const right = meant && keyOf([...path, meant]);
  return {
    path: [...path, key],
    problem: `is not a setting of this program${right ? `; ${right} is` : ""}`,
  };
}

/**
 * Fills in defaults and checks every plain setting.
 * @param given values by key as the stack has them; `undefined` means not set
 * @returns the settings, or every fault there is, each place once
 */
export function checkSettings(
  given: Record<string, unknown>,
): { settings: PlainSettings } | { faults: Fault[] } {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { data, error } = schema.safeParse(set, { reportInput: true });
  const malformed = (error?.issues ?? []).flatMap((issue): Fault[] => {
    const { path, input } = issue;
    if (issue.code === "unrecognized_keys") return issue.keys.map((key) => strangeKey(path, key));
    const found = input === undefined ? "is not set" : `is ${JSON.stringify(input)}`;
    const example =
      issue.code === "custom" ? (issue.params?.["example"] as Example | undefined) : undefined;
    return [
      {
        path,
        problem: `${found}; it must be ${issue.message}`,
        example: typeof example === "function" ? example(input) : example,
      },
    ];
  });
  const faults = new Map<string, Fault>();
  for (const fault of [...malformed, ...inconsistencies(asMeant(set))]) {
    const key = keyOf(fault.path);
    if (!faults.has(key)) faults.set(key, fault);
  }
  return data && faults.size === 0 ? { settings: settle(data) } : { faults: [...faults.values()] };
}

/** The configuration with misspelt keys put right, so that nothing is missed that is there but for its name. */
function asMeant(set: Record<string, unknown>): Record<string, unknown> {
  const known = membersAt([]);
  const meant = Object.entries(set)
    .filter(([key]) => !known.includes(key))
    .map(([key, value]) => [nearest(key, known) ?? key, value] as const);
  return { ...Object.fromEntries(meant), ...set };
}

/** The public registries that images come from. What the simulated one builds comes from Docker Hub. */
export const registriesInUse = (
  baseImages: readonly Pick<BaseImageSettings, "registry">[],
): PublicRegistryName[] => [...new Set(baseImages.map(({ registry }) => registry ?? "docker.io"))];

/**
 * Reads the stack's configuration.
 * @throws {pulumi.RunError} with every fault that there is
 */
export function readSettings(): Settings {
  const config = new pulumi.Config(project);
  const given = Object.fromEntries(
    keysOf(project)
      .filter((key) => !secretKeys.includes(key) && key !== "location")
      .map((key) => [key, objectOrText(config, key)]),
  );
  given["location"] = new pulumi.Config("azure-native").get("location");
  const plain = checkSettings(given);
  const faults = "faults" in plain ? plain.faults : [];
  if (keysOf(project).includes("location"))
    faults.push({
      path: [`${project}:location`],
      problem: "is not a setting of this program; azure-native:location is",
    });
  faults.push(...misspeltNamespaces(Object.keys(pulumi.runtime.allConfig())));
  const secret = (key: string, meaning: string): pulumi.Output<string> => {
    const value = config.getSecret(key);
    // `get` would warn that this is a secret.
    if (value && pulumi.runtime.getConfig(`${project}:${key}`) !== "") return value;
    faults.push({ path: [key], problem: `is not set; it must be ${meaning}`, secret: true });
    return pulumi.secret("");
  };
  // As long as nobody knows which images there will be, no login is asked for.
  const images = schema.shape.baseImages.safeParse(asMeant(given)["baseImages"]);
  const inUse = images.success ? registriesInUse(images.data) : [];
  const publicLogins: PublicLogins = {};
  for (const name of inUse) {
    const { login } = publicRegistryFacts[name];
    publicLogins[name] = login && {
      user: secret(`${login.key}User`, `a ${login.service} user name`),
      password: secret(`${login.key}Password`, `a ${login.service} access token with read access`),
    };
  }
  const gitToken = secret(
    "gitToken",
    "a GitHub token that may read the tasks' repositories and manage their webhooks",
  );
  if ("settings" in plain && faults.length === 0)
    return { ...plain.settings, publicLogins, gitToken };
  throw new pulumi.RunError(describeFaults(faults, new pulumi.Config("local").get("settingsFile")));
}

/** Keys that would be read if their beginning, or azure-native's own part, were spelt right. */
export function misspeltNamespaces(keys: readonly string[]): Fault[] {
  const ofProvider = Object.keys(azureNative);
  return keys.flatMap((full): Fault[] => {
    const [namespace = "", key = ""] = full.split(":");
    const close = nearest(namespace, [project, "azure-native"]);
    if (close !== undefined && close !== namespace)
      return [{ path: [full], problem: `is read by nobody; ${close}:${key} may be meant` }];
    const meant = ofProvider.includes(key) ? undefined : nearest(key, ofProvider);
    return namespace === "azure-native" && meant !== undefined
      ? [{ path: [full], problem: `is no setting of azure-native; ${namespace}:${meant} is` }]
      : [];
  });
}

/** The keys that are set in a namespace, without it. */
const keysOf = (namespace: string): string[] =>
  Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(`${namespace}:`))
    .map((key) => key.slice(namespace.length + 1));

function objectOrText(config: pulumi.Config, key: string): unknown {
  try {
    return config.getObject(key);
  } catch {
    // No JSON, so text as it is.
    return config.get(key);
  }
}
