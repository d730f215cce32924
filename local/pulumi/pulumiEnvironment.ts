/** Where Pulumi keeps what belongs to one local Azure, and the variables that tell it so. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface PulumiPlaces {
  /** Folder with Pulumi.yaml and the stack's configuration, encrypted secrets included. */
  projectDir: string;
  /** The file backend: stacks, history, locks. */
  backendDir: string;
  /** PULUMI_HOME. */
  homeDir: string;
  /** 0600; encrypts the stack's secrets. */
  passphraseFile: string;
}

export function pulumiPlaces(stateDir: string): PulumiPlaces {
  return {
    projectDir: join(stateDir, "project"),
    backendDir: join(stateDir, "pulumi"),
    homeDir: join(stateDir, "pulumi-home"),
    passphraseFile: join(stateDir, "pulumi-passphrase"),
  };
}

/** Where the person's own Pulumi keeps its plugins. */
export function pluginFolder(): string {
  return join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins");
}

/** Makes the folders and, once, the passphrase. */
export function makePulumiPlaces(stateDir: string): PulumiPlaces {
  const places = pulumiPlaces(stateDir);
  for (const folder of [places.projectDir, places.backendDir, places.homeDir])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Real plugins of the person's own Pulumi stay in reach; nothing is ever installed through the link.
  const plugins = join(places.homeDir, "plugins");
  if (existsSync(pluginFolder()) && !existsSync(plugins)) symlinkSync(pluginFolder(), plugins);
  if (!existsSync(places.passphraseFile))
    writeFileSync(places.passphraseFile, randomBytes(24).toString("base64url"), {
      mode: 0o600,
      flag: "wx",
    });
  return places;
}

export interface PulumiEnvironmentOptions {
  stateDir: string;
  /** What `serveProviders` (or `debugProvidersBeside`) gave. */
  debugProviders: string;
  /** Variables that lead clients to the local Azure, and ARM_*. */
  environment: Record<string, string>;
}

/**
 * The variables with which any Pulumi CLI works on the local stack: in a shell with these, and a Pulumi that has its
 * Node.js language host, `cd STATE/project && pulumi up -s local` does what `npm run local -- up` does.
 */
export function pulumiEnvironment({
  stateDir,
  debugProviders,
  environment,
}: PulumiEnvironmentOptions): Record<string, string> {
  const { backendDir, homeDir, passphraseFile } = pulumiPlaces(stateDir);
  return {
    ...environment,
    PULUMI_BACKEND_URL: `file://${backendDir}`,
    PULUMI_HOME: homeDir,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile,
    PULUMI_DEBUG_PROVIDERS: debugProviders,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}
