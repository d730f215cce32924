/** Reads the status of a running local Azure from its parts. */
import { resourceTypes, type Resource } from "../contracts/resources";
import { countResources } from "../kernel/resourceStore";
import type { ImageReference, Run } from "../contracts/tasks";
import type {
  ContainerGroupStatus,
  LocalAzureParts,
  LocalAzureStatus,
  RegistryStatus,
  RunRecord,
} from "./types";

const loginServerOf = (registry: Resource): string =>
  String(registry.properties["loginServer"] ?? `${registry.name.toLowerCase()}.azurecr.io`);

const textOf = ({ registry, repository, tag, digest }: ImageReference): string =>
  `${registry}/${repository}${tag ? `:${tag}` : ""}${digest ? `@${digest}` : ""}`;

/** Runs of all registries, newest first. */
export function listRuns({ resources, runs }: LocalAzureParts): RunRecord[] {
  return resources
    .list({ type: resourceTypes.registry })
    .flatMap((registry) => runs.list(registry.id).map((run) => withRegistry(run, registry)))
    .sort((a, b) => b.createTime.localeCompare(a.createTime));
}

/** A run by its id and, where two registries have the same id, its registry's name. */
export function findRun(
  { resources, runs }: LocalAzureParts,
  { registry: name, runId }: { registry: string; runId: string },
): { registryId: string; run: RunRecord } | undefined {
  const registry = resources
    .list({ type: resourceTypes.registry })
    .find((each) => each.name.toLowerCase() === name.toLowerCase());
  const run = registry && runs.get(registry.id, runId);
  return run && { registryId: registry.id, run: withRegistry(run, registry) };
}

function withRegistry(run: Run, registry: Resource): RunRecord {
  return { ...run, registry: registry.name };
}

function registryStatus({ resources, runs }: LocalAzureParts, registry: Resource): RegistryStatus {
  const all = runs.list(registry.id);
  const tasks = resources
    .list({ type: resourceTypes.task, under: registry.id })
    .map(({ id, name }) => {
      const last = all.find((run) => run.task === name);
      return {
        name,
        ...(last ? { lastRun: withRegistry(last, registry) } : {}),
        trackedImages: runs.trackedBaseImages(id).map(textOf),
      };
    });
  return { name: registry.name, loginServer: loginServerOf(registry), tasks };
}

function groupStatus({ instances }: LocalAzureParts, group: Resource): ContainerGroupStatus {
  const state = instances.state(group.id);
  const address = group.properties["ipAddress"] as { ports?: { port?: number }[] } | undefined;
  const port = address?.ports?.[0]?.port;
  return {
    name: group.name,
    state: state?.state ?? "Unknown",
    ...(state?.ip && port !== undefined ? { url: `http://${state.ip}:${port}` } : {}),
  };
}

/** What there is now. */
export function observe(
  parts: LocalAzureParts,
  daemon: Pick<LocalAzureStatus, "pid" | "startedAt" | "stateDir">,
): LocalAzureStatus {
  const { resources, services } = parts;
  return {
    ...daemon,
    resourceCount: countResources(resources),
    services: services.map(({ name, hosts }) => ({ name, hosts: [...hosts] })),
    registries: resources
      .list({ type: resourceTypes.registry })
      .map((registry) => registryStatus(parts, registry)),
    containerGroups: resources
      .list({ type: resourceTypes.containerGroup })
      .map((group) => groupStatus(parts, group)),
  };
}
