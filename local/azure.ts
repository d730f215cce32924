/** The local Azure: its services, put together and started in an order in which each finds what it needs. */
import { join } from "node:path";
import { openContainerInstances } from "./aci/containerInstances";
import { createAuthorizer, createResourceManager } from "./arm";
import { openContainers } from "./containers/host";
import { openImageStore } from "./containers/imageStore";
import type { LocalAzure, LocalAzureOptions } from "./daemon/types";
import { clientEnvironment } from "./frontdoor/clientEnvironment";
import { openFrontDoor } from "./frontdoor/frontDoor";
import { openGitHost } from "./git/gitHost";
import type { TokenGrants } from "./git/restApi";
import { openDirectory } from "./identity/directory";
import { JsonFile } from "./kernel/jsonFile";
import { randomSecret } from "./kernel/randomSecret";
import { openResourceStore } from "./kernel/resourceStore";
import { createKeyVault } from "./keyvault/keyVault";
import { debugProvidersBeside, installedPlugins, serveProviders } from "./pulumi/providers";
import { pluginFolder } from "./pulumi/pulumiEnvironment";
import { openContainerRegistries } from "./registry/containerRegistries";
import { openTaskRuns } from "./tasks/taskRuns";
import { seedSources, upstream } from "./sources";
import { provideUpstreamImages } from "./upstream/upstreamImages";

/** Accounts of the simulated GitHub and Docker Hub, and where the front door was. */
interface Settings {
  gitToken: string;
  dockerHub: { username: string; password: string };
  /** What the token may do; a classic token for all of it unless set. */
  gitTokenGrants?: TokenGrants;
  /** The subscription's offer, such as FreeTrial_2014-09-01; pay-as-you-go unless set. */
  quotaId?: string;
  port?: number;
}

const newSettings = (): Settings => ({
  gitToken: `ghp_${randomSecret(36)}`,
  dockerHub: {
    username: "docker-hub-reader",
    password: `dckr_pat_${randomSecret(27)}`,
  },
});

/**
 * Starts a local Azure on a state folder, new or from an earlier life. When a part does not start, those before it
 * are stopped again.
 * @throws Error in one line that names the part's trouble
 */
export async function startLocalAzure(options: LocalAzureOptions): Promise<LocalAzure> {
  const { stateDir, tools, roleDelay, nodeTags = [], log } = options;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) {
      await each().catch((error: Error) => log(`stopping: ${error.message}`));
    }
  };
  const started = <T>(part: T, end: (part: T) => Promise<void>): T => {
    stops.push(() => end(part));
    return part;
  };

  try {
    const file = new JsonFile(join(stateDir, "settings.json"), newSettings);
    const settings = file.read();
    // Known once the front door is open, which is last; nobody calls a client before.
    let clients: Record<string, string> = {};
    const environment = (): Record<string, string> => clients;

    const resources = openResourceStore(join(stateDir, "resources.json"));
    const directory = started(await openDirectory({ stateDir }), (part) => part.service.stop());
    const authorizer = createAuthorizer({ resources, directory, roleDelay });
    const registries = started(
      await openContainerRegistries({
        stateDir,
        resources,
        directory,
        authorizer,
        dockerHubLogin: settings.dockerHub,
        log,
      }),
      (part) => part.service.stop(),
    );
    const gitHost = started(
      openGitHost({ stateDir, token: settings.gitToken, grants: settings.gitTokenGrants, log }),
      (part) => part.service.stop(),
    );
    await seedSources(gitHost);
    const containers = started(
      await openContainers({ stateDir, azureCli: tools.az, clientEnvironment: environment, log }),
      (part) => part.stop(),
    );
    const instances = started(
      openContainerInstances({ stateDir, store: containers.openStore("instances"), log }),
      (part) => part.stop(),
    );
    const runs = started(
      await openTaskRuns({
        stateDir,
        resources,
        directory,
        registries,
        gitHost,
        containers,
        clientEnvironment: environment,
        log,
      }),
      (part) => part.service.stop(),
    );
    const vault = started(await createKeyVault({ resources, directory, authorizer, log }), (part) =>
      part.stop(),
    );
    const arm = started(
      await createResourceManager({
        resources,
        directory,
        authorizer,
        registries,
        gitHost,
        runs,
        instances,
        quotaId: settings.quotaId,
        log,
      }),
      (part) => part.stop(),
    );
    const services = [
      arm,
      directory.service,
      vault,
      registries.service,
      gitHost.service,
      runs.service,
    ];
    const frontDoor = started(
      await openFrontDoor({ stateDir, services, log, preferredPort: settings.port }),
      (part) => part.close(),
    );
    file.write({ ...settings, port: frontDoor.port });

    const { deployer, tenantId, subscriptionId } = directory;
    clients = clientEnvironment(frontDoor);
    const deployerEnvironment = {
      ...clients,
      ARM_CLIENT_ID: deployer.appId,
      ARM_CLIENT_SECRET: deployer.clientSecret,
      ARM_TENANT_ID: tenantId,
      ARM_SUBSCRIPTION_ID: subscriptionId,
      // The names under which the Azure SDKs look for the same.
      AZURE_CLIENT_ID: deployer.appId,
      AZURE_CLIENT_SECRET: deployer.clientSecret,
      AZURE_TENANT_ID: tenantId,
      AZURE_SUBSCRIPTION_ID: subscriptionId,
    };
    const providers = started(
      await serveProviders({
        environment: () => deployerEnvironment,
        log,
        workingDirectory: join(__dirname, "..", ".."),
      }),
      (part) => part.stop(),
    );

    await provideUpstreamImages({
      layers: containers.layers,
      layersOutside: openImageStore({
        folder: containers.layers.folder,
        clientEnvironment: () => ({}),
      }),
      images: [...new Set([upstream.tag, ...nodeTags])].map(
        (tag) => `${upstream.repository}:${tag}`,
      ),
      openHubLogin: () => registries.openHubLogin(),
      log,
    });
    await instances.resume(resources);

    return {
      environment: {
        ...deployerEnvironment,
        PULUMI_DEBUG_PROVIDERS: debugProvidersBeside(installedPlugins(pluginFolder()), providers),
      },
      stackSecrets: {
        "gated-imports:dockerHubUser": settings.dockerHub.username,
        "gated-imports:dockerHubPassword": settings.dockerHub.password,
        "gated-imports:gitToken": settings.gitToken,
      },
      parts: { resources, runs, instances, registries, services },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
