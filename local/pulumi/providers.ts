/** The provider plugins that the local Azure brings along, for an engine that cannot download them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../contracts/service";
import { createAzureNativeProvider } from "./azureNative/azureNativeProvider";
import { commandVersion, createCommandProvider } from "./commandProvider";
import type { Provider } from "./provider";
import { serveProvider } from "./providerServer";
import { createRandomProvider, randomVersion } from "./randomProvider";

export interface ProvidersOptions {
  /** HTTPS_PROXY, NODE_EXTRA_CA_CERTS and the like, and ARM_* where a stack's configuration has no credentials. */
  environment: () => Record<string, string | undefined>;
  log: Log;
  /** Folder that local commands start in; the checkout, so that `dir` may be relative to it. */
  workingDirectory?: string;
}

export interface ServedProviders {
  /** Value of PULUMI_DEBUG_PROVIDERS: `azure-native:PORT,random:PORT,command:PORT`. */
  debugProviders: string;
  stop(): Promise<void>;
}

/** Serves azure-native, random and command on 127.0.0.1, for any number of engines. */
export async function serveProviders({
  environment,
  log,
  workingDirectory = process.cwd(),
}: ProvidersOptions): Promise<ServedProviders> {
  const azureNative = createAzureNativeProvider(environment);
  const all: Provider[] = [
    azureNative,
    createRandomProvider(),
    createCommandProvider({ environment, workingDirectory }),
  ];
  const served = await Promise.all(
    all.map(async (provider) => ({ provider, server: await serveProvider(provider) })),
  );
  const debugProviders = served
    .map(({ provider, server }) => `${provider.name}:${server.port}`)
    .join(",");
  log(`providers: ${debugProviders}`);
  return {
    debugProviders,
    async stop() {
      await Promise.all(served.map(({ server }) => server.stop()));
      azureNative.close();
    },
  };
}

/** A plugin that is on the machine. */
export interface InstalledPlugin {
  name: string;
  version: string;
}

/** The provider plugins in a plugin folder, see `pluginFolder`; Pulumi names them `resource-NAME-vVERSION`. */
export function installedPlugins(folder: string): InstalledPlugin[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((entry) => {
    const [, name, version] = /^resource-(.+)-v(\d+\.\d+\.\d+[^/]*)$/.exec(entry) ?? [];
    const partial = existsSync(join(folder, `${entry}.partial`)) || entry.endsWith(".partial");
    return name && version && !partial && !entry.endsWith(".lock") ? [{ name, version }] : [];
  });
}

/**
 * The value of PULUMI_DEBUG_PROVIDERS without those plugins that are really installed in the version that the
 * program uses. azure-native always stays: the real one would not reach the local Azure without its proxy settings.
 */
export function debugProvidersBeside(
  installed: readonly InstalledPlugin[],
  { debugProviders }: Pick<ServedProviders, "debugProviders">,
): string {
  const wanted: Record<string, string> = { random: randomVersion, command: commandVersion };
  return debugProviders
    .split(",")
    .filter((entry) => {
      const name = entry.split(":")[0] ?? "";
      const real = installed.find(
        (plugin) => plugin.name === name && plugin.version === wanted[name],
      );
      return wanted[name] === undefined || !real;
    })
    .join(",");
}
