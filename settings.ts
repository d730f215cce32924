/** The stack's configuration: typed, with defaults, checked as a whole before anything is declared. */
import * as pulumi from "@pulumi/pulumi";
import type { BaseImage } from "./components/parts/imageSource";

/** What `pulumi config set` decides, without the secrets. */
export interface PlainSettings {
  /** Azure region of everything, for example `eastus`. */
  location: string;
  /** Start of the names of registries and vault. */
  namePrefix: string;
  /** The public base image, as Docker Hub names it. */
  baseImage: BaseImage;
  /** Git repositories of the three tasks: HTTPS URLs that end in `#branch`. */
  sources: { baseImageNode: string; importBaseimageNode: string; helloWorld: string };
  app: {
    /** Names the app's task, repository and container. */
    name: string;
    /** False builds the app straight from the public registry, as in the article's first half. */
    gated: boolean;
  };
}

export interface Settings extends PlainSettings {
  dockerHub: { user: pulumi.Output<string>; password: pulumi.Output<string> };
  /** GitHub token that reads the repositories and registers their webhooks. */
  gitToken: pulumi.Output<string>;
}

const repositories = "https://github.com/importing-public-content";

export const defaults: Omit<PlainSettings, "location"> = {
  namePrefix: "contoso",
  baseImage: { name: "node", tag: "22-alpine" },
  sources: {
    baseImageNode: `${repositories}/base-image-node.git#main`,
    importBaseimageNode: `${repositories}/import-baseimage-node.git#main`,
    helloWorld: `${repositories}/hello-world.git#main`,
  },
  app: { name: "hello-world", gated: true },
};

/** One mistake, in words, and the command that mends it. */
export interface Fault {
  key: string;
  problem: string;
  command: string;
}

interface Rule {
  allowed: string;
  /** A value that the command can show. */
  example: string;
  accepts(value: unknown): boolean;
}

const text = (pattern: RegExp, allowed: string, example: string): Rule => ({
  allowed,
  example,
  accepts: (value) => typeof value === "string" && pattern.test(value),
});

const gitUrl = (example: string): Rule =>
  text(
    /^https:\/\/[^\s#@/]+\/[^\s#@]+#[^\s#:]+$/,
    "an https URL of a git repository with its #branch and no login in it",
    `'${example}'`,
  );

/** Limits are Azure's: a vault's name has 24 characters at most, the name of a task 5 to 50. */
const rules: Record<string, Rule> = {
  "azure-native:location": text(/^[a-z][a-z0-9]+$/, "an Azure region such as eastus", "eastus"),
  namePrefix: text(
    /^[a-z][a-z0-9]{1,10}$/,
    "2 to 11 lower-case letters and digits that begin with a letter",
    defaults.namePrefix,
  ),
  "baseImage.name": text(
    /^(?=.{1,40}$)[a-z0-9]+([._/-][a-z0-9]+)*$/,
    "a repository on Docker Hub such as node, 40 characters at most",
    defaults.baseImage.name,
  ),
  "baseImage.tag": text(
    /^\w[\w.-]{0,100}$/,
    "an image tag such as 22-alpine",
    defaults.baseImage.tag,
  ),
  "sources.baseImageNode": gitUrl(defaults.sources.baseImageNode),
  "sources.importBaseimageNode": gitUrl(defaults.sources.importBaseimageNode),
  "sources.helloWorld": gitUrl(defaults.sources.helloWorld),
  "app.name": text(
    /^(?=.{5,40}$)[a-z]([a-z0-9]|-(?!-))*[a-z0-9]$/,
    "5 to 40 lower-case letters, digits and single hyphens",
    defaults.app.name,
  ),
  "app.gated": {
    allowed: "true or false",
    example: "true",
    accepts: (value) => typeof value === "boolean",
  },
};

const project = "gated-imports";
const qualified = (key: string): string => (key.includes(":") ? key : `${project}:${key}`);
const path = (key: string): string => `${key.includes(".") ? "--path " : ""}${qualified(key)}`;

/**
 * Fills in defaults and checks every plain setting.
 * @param given values by key as the stack has them; `undefined` means not set
 * @returns the settings, or every fault there is
 */
export function checkSettings(
  given: Record<"location" | keyof typeof defaults, unknown>,
): { settings: PlainSettings } | { faults: Fault[] } {
  const faults: Fault[] = [];
  const fault = (key: string, problem: string, command: string): void =>
    void faults.push({ key: qualified(key), problem, command });
  const check = (key: string, value: unknown): void => {
    const rule = rules[key];
    if (!rule) fault(key, "is not a setting of this program", `pulumi config rm ${path(key)}`);
    else if (!rule.accepts(value)) {
      const problem = value === undefined ? "is not set" : `is ${JSON.stringify(value)}`;
      const command = `pulumi config set ${path(key)} ${rule.example}`;
      fault(key, `${problem}; it must be ${rule.allowed}`, command);
    }
  };
  const group = <K extends "baseImage" | "sources" | "app">(key: K): (typeof defaults)[K] => {
    const value = given[key] ?? {};
    if (typeof value !== "object" || Array.isArray(value)) {
      const members = Object.keys(defaults[key]).join(", ");
      const problem = `is ${JSON.stringify(value)}; it must be an object with ${members}`;
      fault(key, problem, `pulumi config rm ${path(key)}`);
      return defaults[key];
    }
    const filled = { ...defaults[key], ...value };
    for (const [name, member] of Object.entries(filled)) check(`${key}.${name}`, member);
    return filled;
  };

  const { location, namePrefix = defaults.namePrefix } = given;
  check("azure-native:location", location);
  check("namePrefix", namePrefix);
  const settings = {
    location,
    namePrefix,
    baseImage: group("baseImage"),
    sources: group("sources"),
    app: group("app"),
  };
  return faults.length > 0 ? { faults } : { settings: settings as PlainSettings };
}

/** The error text: all faults at once, each with the command that mends it. */
export function describeFaults(faults: readonly Fault[]): string {
  const lines = faults.map(({ key, problem, command }) => `  ${key} ${problem}\n    ${command}`);
  return ["The stack's configuration needs mending:", ...lines].join("\n");
}

const secrets = {
  dockerHubUser: "a Docker Hub user name, so that pulls are not throttled",
  dockerHubPassword: "a Docker Hub access token with read access",
  gitToken: "a GitHub token that may read the three repositories and manage their webhooks",
};

/**
 * Reads the stack's configuration.
 * @throws {pulumi.RunError} with every fault that there is
 */
export function readSettings(): Settings {
  const config = new pulumi.Config(project);
  const plain = checkSettings({
    location: new pulumi.Config("azure-native").get("location"),
    namePrefix: config.get("namePrefix"),
    baseImage: objectOrText(config, "baseImage"),
    sources: objectOrText(config, "sources"),
    app: objectOrText(config, "app"),
  });
  const faults = "faults" in plain ? plain.faults : [];
  const secret = (key: keyof typeof secrets): pulumi.Output<string> => {
    const value = config.getSecret(key);
    // `get` would warn that this is a secret.
    if (value && pulumi.runtime.getConfig(qualified(key)) !== "") return value;
    const problem = `is not set; it must be ${secrets[key]}`;
    const command = `pulumi config set --secret ${qualified(key)}`;
    faults.push({ key: qualified(key), problem, command });
    return pulumi.secret("");
  };
  const dockerHub = { user: secret("dockerHubUser"), password: secret("dockerHubPassword") };
  const gitToken = secret("gitToken");
  if ("settings" in plain && faults.length === 0) return { ...plain.settings, dockerHub, gitToken };
  throw new pulumi.RunError(describeFaults(faults));
}

function objectOrText(config: pulumi.Config, key: string): unknown {
  try {
    return config.getObject(key);
  } catch {
    // No JSON, so text where an object should be.
    return config.get(key);
  }
}
