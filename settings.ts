/** The stack's configuration: typed, with defaults, checked as a whole before anything is declared. */
import * as pulumi from "@pulumi/pulumi";
import {
  publicRegistryFacts,
  type PublicLogins,
  type PublicRegistryName,
} from "./components/parts/publicRegistry";
import { inconsistencies, type Fault } from "./settings/consistency";
import { schema, settle, type BaseImageSettings, type PlainSettings } from "./settings/schema";

export type { BaseImageSettings };

export interface Settings extends PlainSettings {
  publicLogins: PublicLogins;
  /** GitHub token that reads the repositories and registers their webhooks. */
  gitToken: pulumi.Output<string>;
}

const project = "gated-imports";

/** The key of a setting as `pulumi config` takes it: `gated-imports:baseImages[0].tag`. */
function keyOf([first = "", ...members]: readonly PropertyKey[]): string {
  const start = first === "location" ? "azure-native:location" : `${project}:${String(first)}`;
  const steps = members.map((member) =>
    typeof member === "number" ? `[${member}]` : `.${String(member)}`,
  );
  return [start, ...steps].join("");
}

/**
 * Fills in defaults and checks every plain setting.
 * @param given values by key as the stack has them; `undefined` means not set
 * @returns the settings, or every fault there is
 */
export function checkSettings(
  given: Record<string, unknown>,
): { settings: PlainSettings } | { faults: Fault[] } {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { data, error } = schema.safeParse(set, { reportInput: true });
  const malformed = (error?.issues ?? []).flatMap((issue): Fault[] => {
    const { path } = issue;
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        path: [...path, key],
        problem: "is not a setting of this program",
      }));
    const found = issue.input === undefined ? "is not set" : `is ${JSON.stringify(issue.input)}`;
    const example = issue.code === "custom" ? String(issue.params?.["example"]) : undefined;
    return [{ path, problem: `${found}; it must be ${issue.message}`, example }];
  });
  const faults = [...malformed, ...inconsistencies(set)];
  return data && faults.length === 0 ? { settings: settle(data) } : { faults };
}

/** The error text: all faults at once, each with the command that mends it. */
export function describeFaults(faults: readonly Fault[]): string {
  const lines = faults.map(({ path, problem, example, secret }) => {
    const key = keyOf(path);
    const words = path.length > 1 ? `--path '${key}'` : key;
    const value = example?.replace(/.*[^\w.,/-].*/, "'$&'");
    const repair = value === undefined ? `rm ${words}` : `set ${words} ${value}`;
    const command = secret ? `set --secret ${words}` : repair;
    return `  ${key} ${problem}\n    pulumi config ${command}`;
  });
  return ["The stack's configuration needs mending:", ...lines].join("\n");
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
    Object.keys(schema.shape).map((key) => [key, objectOrText(config, key)]),
  );
  given["location"] = new pulumi.Config("azure-native").get("location");
  const plain = checkSettings(given);
  const faults = "faults" in plain ? plain.faults : [];
  const secret = (key: string, meaning: string): pulumi.Output<string> => {
    const value = config.getSecret(key);
    // `get` would warn that this is a secret.
    if (value && pulumi.runtime.getConfig(`${project}:${key}`) !== "") return value;
    faults.push({ path: [key], problem: `is not set; it must be ${meaning}`, secret: true });
    return pulumi.secret("");
  };
  // As long as nobody knows which images there will be, no login is asked for.
  const inUse = "settings" in plain ? registriesInUse(plain.settings.baseImages) : [];
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
  throw new pulumi.RunError(describeFaults(faults));
}

function objectOrText(config: pulumi.Config, key: string): unknown {
  try {
    return config.getObject(key);
  } catch {
    // No JSON, so text as it is.
    return config.get(key);
  }
}
