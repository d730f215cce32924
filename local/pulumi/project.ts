/** The project folder of the local stack: made from the checkout's own files, so that the checkout stays as it is. */
import { createHmac } from "node:crypto";
import { existsSync, lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { JsonFile } from "../kernel/jsonFile";
import type { PulumiPlaces } from "./pulumiEnvironment";

export interface ProjectOptions {
  places: PulumiPlaces;
  /** The checkout: holds Pulumi.yaml, Pulumi.STACK.yaml and the program. */
  programDir: string;
  stackName: string;
}

type Config = Record<string, unknown>;
interface StackFile {
  config?: Config;
  encryptionsalt?: string;
  secretsprovider?: string;
}

const isSecure = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "secure" in value;

/**
 * Writes Pulumi.yaml and Pulumi.STACK.yaml. Plain settings are the checkout's, always; secrets set here before stay.
 * @returns the project's name.
 */
export function prepareProject({ places, programDir, stackName }: ProjectOptions): string {
  const project = readYaml<Config & { name: string }>(join(programDir, "Pulumi.yaml"));
  // Pulumi wants `main` inside the project folder, so a link stands for the checkout.
  const link = join(places.projectDir, "program");
  if (lstatSync(link, { throwIfNoEntry: false })) rmSync(link);
  symlinkSync(relative(places.projectDir, programDir), link);
  writeYaml(join(places.projectDir, "Pulumi.yaml"), { ...project, main: "program" });

  const file = join(places.projectDir, `Pulumi.${stackName}.yaml`);
  const source = join(programDir, `Pulumi.${stackName}.yaml`);
  const given = existsSync(source) ? readYaml<StackFile>(source) : {};
  const kept = existsSync(file) ? readYaml<StackFile>(file) : {};
  const secrets = Object.entries(kept.config ?? {}).filter(([, value]) => isSecure(value));
  const config = {
    ...Object.fromEntries(secrets),
    ...given.config,
    // For the program's errors: who edits this copy, or sets something in it, changes nothing.
    "local:settingsFile": source,
  };
  writeYaml(file, {
    ...(kept.encryptionsalt ? { encryptionsalt: kept.encryptionsalt } : {}),
    config,
  });
  return project.name;
}

/**
 * Which of the secrets differ from what was set last. Only keyed digests are kept, so that unchanged secrets
 * need neither be encrypted anew nor be decrypted to compare.
 */
export function changedSecrets(
  { places, stackName }: Pick<ProjectOptions, "places" | "stackName">,
  secrets: Record<string, string>,
): { changed: [string, string][]; remember: () => void } {
  const passphrase = readFileSync(places.passphraseFile, "utf8");
  const file = new JsonFile<Record<string, string>>(
    join(places.projectDir, `${stackName}-secrets.json`),
    () => ({}),
  );
  const { config = {} } = readYaml<StackFile>(join(places.projectDir, `Pulumi.${stackName}.yaml`));
  const known = file.read();
  const digests = Object.entries(secrets).map(
    ([key, value]) =>
      [key, createHmac("sha256", passphrase).update(`${key}\n${value}`).digest("hex")] as const,
  );
  const changed = digests.filter(
    ([key, digest]) => known[key] !== digest || !isSecure(config[key]),
  );
  return {
    changed: changed.map(([key]) => [key, secrets[key] ?? ""]),
    remember: () => file.write(Object.fromEntries(digests)),
  };
}

function readYaml<T>(path: string): T {
  try {
    return (parse(readFileSync(path, "utf8")) ?? {}) as T;
  } catch (error) {
    throw new Error(`cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function writeYaml(path: string, document: object): void {
  writeFileSync(path, stringify(document), { mode: 0o600 });
}
