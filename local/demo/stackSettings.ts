/** Changes plain settings in the local stack's own configuration, as `pulumi config set` does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { pulumiPlaces } from "../pulumi/pulumiEnvironment";

/** The settings that the story reads or changes; settings/schema.ts has them all. */
export interface StackSettings extends Record<string, unknown> {
  baseImages: {
    name: string;
    tag: string;
    source?: string;
    registry?: string;
    gate: string;
    pin?: string;
    reject?: string[];
  }[];
  apps: {
    name: string;
    source: string;
    baseImages: string[];
    gated?: boolean;
    team?: string;
    pin?: string;
  }[];
}

export type SettingsChange = (settings: StackSettings) => StackSettings;

export interface Repositories {
  baseImageNode: string;
  importBaseimageNode: string;
  helloWorld: string;
}

interface StackFile {
  config: Record<string, unknown>;
}

const stackFile = (stateDir: string): string =>
  join(pulumiPlaces(stateDir).projectDir, "Pulumi.local.yaml");

const read = (stateDir: string): StackFile =>
  parse(readFileSync(stackFile(stateDir), "utf8")) as StackFile;

const prefix = "gated-imports:";

export function stackSettings(stateDir: string): StackSettings {
  const own = Object.entries(read(stateDir).config).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(
    own.map(([key, value]) => [key.slice(prefix.length), value]),
  ) as StackSettings;
}

/**
 * Changes settings. The stack must be open: opening it writes the checkout's settings anew, so this holds for the
 * operations that follow.
 */
export function changeSettings(stateDir: string, change: SettingsChange): void {
  const file = read(stateDir);
  const changed = Object.entries(change(stackSettings(stateDir))).map(([key, value]) => [
    `${prefix}${key}`,
    value,
  ]);
  const config = { ...file.config, ...Object.fromEntries(changed) };
  writeFileSync(stackFile(stateDir), stringify({ ...file, config }), { mode: 0o600 });
}

/** Puts all apps behind the gate or takes them out. */
export const withGate =
  (gated: boolean): SettingsChange =>
  ({ apps, ...others }) => ({ ...others, apps: apps.map((app) => ({ ...app, gated })) });

function first<T>([item]: T[], what: string): T {
  if (item) return item;
  throw new Error(`Pulumi.local.yaml has no ${what}`);
}

/** The git repositories of the stack's first base image and first app. */
export function repositoriesOf(stateDir: string): Repositories {
  const { baseImages, apps } = stackSettings(stateDir);
  const { source, gate } = first(baseImages, "base image");
  return {
    baseImageNode: source ?? "",
    importBaseimageNode: gate,
    helloWorld: first(apps, "app").source,
  };
}

/** `NAME:TAG` of the first base image. */
export function baseImageOf(stateDir: string): string {
  const { name, tag } = first(stackSettings(stateDir).baseImages, "base image");
  return `${name}:${tag}`;
}
