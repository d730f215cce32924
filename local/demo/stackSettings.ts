/** Changes plain settings in the local stack's own configuration, as `pulumi config set` does. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { pulumiPlaces } from "../pulumi/pulumiEnvironment";

interface StackFile {
  config?: Record<string, unknown>;
}

interface App {
  name: string;
  gated: boolean;
}

export interface Repositories {
  baseImageNode: string;
  importBaseimageNode: string;
  helloWorld: string;
}

const stackFile = (stateDir: string): string =>
  join(pulumiPlaces(stateDir).projectDir, "Pulumi.local.yaml");

function read(stateDir: string): StackFile {
  return parse(readFileSync(stackFile(stateDir), "utf8")) as StackFile;
}

/**
 * Puts the app behind the gate or takes it out. The stack must be open: opening it writes the checkout's settings
 * anew, so this holds for the operation that follows.
 */
export function setGate(stateDir: string, gated: boolean): void {
  const file = read(stateDir);
  const app = (file.config?.["gated-imports:app"] ?? { name: "hello-world" }) as App;
  const config = { ...file.config, "gated-imports:app": { ...app, gated } };
  writeFileSync(stackFile(stateDir), stringify({ ...file, config }), { mode: 0o600 });
}

/** The git repositories of the stack's tasks. */
export function repositoriesOf(stateDir: string): Repositories {
  return read(stateDir).config?.["gated-imports:sources"] as Repositories;
}

/** `NAME:TAG` of the base image. */
export function baseImageOf(stateDir: string): string {
  const { name, tag } = read(stateDir).config?.["gated-imports:baseImage"] as {
    name: string;
    tag: string;
  };
  return `${name}:${tag}`;
}
