/** The container host: agents for task runs, and the store of layers that all of them start from. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ContainerHost } from "../contracts/containers";
import type { Log } from "../contracts/service";
import { createAgent } from "./agent";
import { type ImageStore, openImageStore } from "./imageStore";
import { endProcessesOf } from "./leftovers";
import { openToolContainer } from "./toolContainer";

export interface Containers extends ContainerHost {
  /**
   * Holds the upstream image's layers without a name: an agent pulls by digest and finds the bytes
   * here, so a base image of 120 MB costs a pull nothing and is never taken for a local image.
   */
  readonly layers: ImageStore;
  /** A lasting store on the same layers, e.g. for container groups. */
  openStore(name: string): ImageStore;
  /** Closes all agents that are still open. */
  stop(): Promise<void>;
}

export interface ContainersOptions {
  stateDir: string;
  /** Path of the azure-cli whose Python the tool containers run. */
  azureCli: string;
  clientEnvironment: () => Record<string, string>;
  log: Log;
}

/** Opens the container host below `stateDir`/containers and clears agents that a crash left behind. */
export async function openContainers(options: ContainersOptions): Promise<Containers> {
  const { stateDir, azureCli, clientEnvironment, log } = options;
  const folder = join(stateDir, "containers");
  const agentsFolder = join(folder, "agents");
  mkdirSync(agentsFolder, { recursive: true, mode: 0o700 });
  const layers = openImageStore({ folder: join(folder, "layers"), clientEnvironment });
  // The other stores refuse to open on layers that are not there yet.
  await layers.ask(["images"]);
  const store = (path: string): ImageStore =>
    openImageStore({ folder: path, layersFrom: layers.folder, clientEnvironment });
  // A build does not end with the process that started it.
  await endProcessesOf(agentsFolder);
  for (const left of readdirSync(agentsFolder)) {
    log(`removing what the run ${left} left behind`);
    try {
      await store(join(agentsFolder, left)).remove();
    } catch (error) {
      log(`the run ${left} is tried again at the next start: ${(error as Error).message}`);
    }
  }
  const tools = await openToolContainer(join(folder, "tools"), azureCli);
  const open = new Set<ImageStore>();

  return {
    layers,
    openStore: (name) => store(join(folder, name)),
    async openAgent(id) {
      const agentStore = store(join(agentsFolder, id));
      open.add(agentStore);
      const agent = createAgent({ store: agentStore, tools, clientEnvironment });
      return {
        ...agent,
        async close() {
          await agent.close();
          open.delete(agentStore);
        },
      };
    },
    async stop() {
      // One agent that cannot be removed keeps nothing else from being stopped.
      const removals = await Promise.allSettled([...open].map((each) => each.remove()));
      for (const removal of removals) {
        if (removal.status === "rejected") log(`removing an agent: ${String(removal.reason)}`);
      }
      await layers.stop();
      open.clear();
      try {
        rmSync(agentsFolder, { recursive: true, force: true });
      } catch (error) {
        log(`removing the agents' folder: ${(error as Error).message}`);
      }
    },
  };
}
