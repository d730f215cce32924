/**
 * The local Azure without builds: the real resource manager, key vault, directory, front door and provider stand-ins,
 * but task runs and container groups that have succeeded as soon as they are asked for. No process is started.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createAuthorizer, createResourceManager } from "../../arm";
import type { ContainerInstances } from "../../contracts/containerInstances";
import { clientEnvironment } from "../../frontdoor/clientEnvironment";
import { openFrontDoor } from "../../frontdoor/frontDoor";
import { openDirectory } from "../../identity/directory";
import { openResourceStore } from "../../kernel/resourceStore";
import { createKeyVault } from "../../keyvault/keyVault";
import { createAzureNativeProvider } from "../../pulumi/azureNative/azureNativeProvider";
import { serveProvider } from "../../pulumi/providerServer";
import { createRandomProvider } from "../../pulumi/randomProvider";
import { openInstantRuns } from "./instantRuns";
import { createScriptProvider } from "./scripts";

export interface InstantAzure {
  /** Variables that lead clients here, and the deployer's ARM_*. */
  environment: Record<string, string>;
  /** Value of PULUMI_DEBUG_PROVIDERS. */
  debugProviders: string;
  stop(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

function openInstantInstances(): ContainerInstances {
  const groups = new Map<string, string>();
  return {
    deploy({ id }) {
      const key = id.toLowerCase();
      if (!groups.has(key)) groups.set(key, `127.0.1.${groups.size + 1}`);
      return Promise.resolve({ ip: groups.get(key) ?? "", state: "Running" });
    },
    state(groupId) {
      const ip = groups.get(groupId.toLowerCase());
      return ip === undefined ? undefined : { ip, state: "Running" };
    },
    logs: () => Promise.resolve(""),
    remove(groupId) {
      groups.delete(groupId.toLowerCase());
      return Promise.resolve();
    },
  };
}

/** Starts one on an empty state folder. */
export async function startInstantAzure(stateDir: string): Promise<InstantAzure> {
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const log = (): void => undefined;
  const resources = openResourceStore(join(stateDir, "resources.json"));
  const directory = await openDirectory({ stateDir });
  const authorizer = createAuthorizer({ resources, directory });
  const vault = await createKeyVault({ resources, directory, authorizer, log });
  const manager = await createResourceManager({
    resources,
    directory,
    authorizer,
    registries: {
      onPush: () => undefined,
      openRunLogin() {
        throw new Error("there are no registries here");
      },
      removeContent: nothing,
    },
    gitHost: { onPush: () => undefined, check: () => "ok" },
    runs: openInstantRuns(resources),
    instances: openInstantInstances(),
    log,
  });
  const services = [manager, directory.service, vault];
  const frontDoor = await openFrontDoor({ stateDir, services, log });
  const { deployer, tenantId, subscriptionId } = directory;
  const clients = clientEnvironment(frontDoor);
  const environment = {
    ...clients,
    ARM_CLIENT_ID: deployer.appId,
    ARM_CLIENT_SECRET: deployer.clientSecret,
    ARM_TENANT_ID: tenantId,
    ARM_SUBSCRIPTION_ID: subscriptionId,
  };
  const azureNative = createAzureNativeProvider(() => environment);
  const providers = [
    azureNative,
    createRandomProvider(),
    createScriptProvider({ directory, environment: () => clients }),
  ];
  const served = await Promise.all(
    providers.map(async (provider) => ({
      name: provider.name,
      server: await serveProvider(provider),
    })),
  );
  return {
    environment,
    debugProviders: served.map(({ name, server }) => `${name}:${server.port}`).join(","),
    async stop() {
      await Promise.all(served.map(({ server }) => server.stop()));
      azureNative.close();
      await frontDoor.close();
      await Promise.all([manager.stop(), vault.stop(), directory.service.stop()]);
    },
  };
}
