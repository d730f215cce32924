/** Azure Container Instances: each group's containers run under podman, on a loopback address of the group's own. */
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLine } from "../containers/command";
import { graceSeconds, type ImageStore } from "../containers/imageStore";
import {
  type ContainerGroupState,
  ContainerGroupRefused,
  type ContainerInstances,
} from "../contracts/containerInstances";
import { type ResourceStore, resourceTypes } from "../contracts/resources";
import type { Log } from "../contracts/service";
import { JsonFile } from "../kernel/jsonFile";
import { takeTurns } from "../kernel/turns";
import { chooseAddress } from "./addresses";
import { type ContainerGroup, containerGroupOf, type GroupContainer } from "./containerGroup";

export interface LocalContainerInstances extends ContainerInstances {
  /** Starts the groups of an earlier life again, from the images they already have. */
  resume(resources: ResourceStore): Promise<void>;
  /** Stops all containers; groups and addresses are kept for `resume`. */
  stop(): Promise<void>;
}

export interface ContainerInstancesOptions {
  stateDir: string;
  /** Where the groups' images and containers live. */
  store: ImageStore;
  log: Log;
}

const restart = { Always: "always", OnFailure: "on-failure", Never: "no" };

export function openContainerInstances(
  options: ContainerInstancesOptions,
): LocalContainerInstances {
  const { stateDir, store, log } = options;
  const addresses = new JsonFile<Record<string, string>>(
    join(stateDir, "addresses.json"),
    () => ({}),
  );
  const groups = new Map<string, ContainerGroupState & { containers: string[] }>();
  const key = (groupId: string): string => groupId.toLowerCase();
  /**
   * One change at a time, of all groups: they share a store, where one group's login to a registry would be taken for
   * another's, and pruning would take an image away that another group has just pulled.
   */
  const inTurn = takeTurns();

  const containerName = (group: ContainerGroup, container: GroupContainer): string => {
    const ending = createHash("sha256").update(key(group.id)).digest("hex").slice(0, 8);
    return `${group.name}-${container.name}-${ending}`;
  };

  async function address(group: ContainerGroup): Promise<string> {
    const known = addresses.read();
    const ip = known[key(group.id)] ?? (await chooseAddress(group.ports.map(({ port }) => port)));
    addresses.write({ ...known, [key(group.id)]: ip });
    return ip;
  }

  async function pull(group: ContainerGroup, image: string): Promise<void> {
    for (const login of group.logins) {
      if (!image.startsWith(`${login.server}/`)) continue;
      await store.login(login.server, login).catch((error: Error) => {
        throw new ContainerGroupRefused(
          "InaccessibleImage",
          `The image '${image}' in container group '${group.name}' is not accessible: ${error.message}`,
        );
      });
    }
    const { code, text } = await store.ask(["pull", "--quiet", image]);
    if (code === 0) return;
    const reason = lastLine(text);
    throw new ContainerGroupRefused(
      "InaccessibleImage",
      `The image '${image}' in container group '${group.name}' is not accessible. Please check the image and registry credential. (${reason})`,
    );
  }

  async function stopContainers(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const last = [...names].reverse();
    await store.ask(["rm", "--force", "--ignore", "--time", String(graceSeconds), ...last]);
  }

  async function start(group: ContainerGroup, ip: string): Promise<void> {
    const [first] = group.containers;
    for (const container of group.containers) {
      const name = containerName(group, container);
      const environmentFile = join(store.folder, `env-${name}`);
      writeFileSync(environmentFile, `${container.environment.join("\n")}\n`, { mode: 0o600 });
      const ports = group.ports.flatMap(({ port, protocol }) => [
        "--publish",
        `${ip}:${port}:${port}/${protocol}`,
      ]);
      const [program, ...args] = container.command;
      const { code, text } = await store.ask([
        "run",
        "--detach",
        "--name",
        name,
        ...(container === first
          ? ["--hostname", group.name.slice(0, 63), "--network", "slirp4netns", ...ports]
          : ["--network", `container:${first && containerName(group, first)}`]),
        "--restart",
        restart[group.restartPolicy],
        "--cpus",
        String(container.cpu),
        "--memory",
        `${Math.round(container.memoryInGB * 1024)}m`,
        "--env-file",
        environmentFile,
        ...(program === undefined ? [] : ["--entrypoint", program]),
        container.image,
        ...args,
      ]);
      rmSync(environmentFile, { force: true });
      if (code !== 0) {
        throw new ContainerGroupRefused(
          "ContainerGroupStartFailed",
          `Container '${container.name}' of container group '${group.name}' did not start: ${lastLine(text)}`,
        );
      }
    }
  }

  const names = (group: ContainerGroup): string[] =>
    group.containers.map((container) => containerName(group, container));

  async function run(group: ContainerGroup): Promise<ContainerGroupState> {
    const ip = await address(group);
    const before = groups.get(key(group.id))?.containers ?? [];
    await stopContainers([...new Set([...before, ...names(group)])]);
    groups.set(key(group.id), { ip, state: "Pending", containers: names(group) });
    try {
      await start(group, ip);
    } catch (error) {
      groups.set(key(group.id), { ip, state: "Failed", containers: names(group) });
      throw error;
    }
    groups.set(key(group.id), { ip, state: "Running", containers: names(group) });
    log(
      `container group ${group.name} serves ${group.containers.map((c) => c.image).join(", ")} on ${ip}`,
    );
    return { ip, state: "Running" };
  }

  return {
    deploy: (resource) =>
      inTurn(async () => {
        const group = containerGroupOf(resource);
        for (const { image } of group.containers) await pull(group, image);
        const state = await run(group);
        // Only what runs is kept: every deployment brings an image of its own.
        await store.ask(["image", "prune", "--all", "--force"]);
        return state;
      }),
    state: (groupId) => groups.get(key(groupId)),
    async logs(groupId, container) {
      const found = groups
        .get(key(groupId))
        ?.containers.find((name) => name.includes(`-${container}-`));
      return found === undefined ? "" : (await store.ask(["logs", found])).text;
    },
    remove: (groupId) =>
      inTurn(async () => {
        await stopContainers(groups.get(key(groupId))?.containers ?? []);
        groups.delete(key(groupId));
        const others = Object.entries(addresses.read()).filter(([id]) => id !== key(groupId));
        addresses.write(Object.fromEntries(others));
        await store.ask(["image", "prune", "--all", "--force"]);
      }),
    async resume(resources) {
      await store.ask(["rm", "--all", "--force", "--time", "0"]);
      for (const resource of resources.list({ type: resourceTypes.containerGroup })) {
        const group = containerGroupOf(resource);
        await run(group).catch((error: Error) =>
          log(`container group ${group.name} was not started again: ${error.message}`),
        );
      }
    },
    async stop() {
      await inTurn(async () => {});
      await store.stop();
    },
  };
}
