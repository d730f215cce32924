/** Microsoft.ContainerInstance/containerGroups. A PUT answers when the containers run. */
import {
  ContainerGroupRefused,
  type ContainerGroupState,
} from "../../contracts/containerInstances";
import { resourceTypes, type Resource } from "../../contracts/resources";
import { isObject, normalLocation, objectAt, optionalText, tagsAt, type Json } from "../body";
import { ArmError, refuse } from "../errors";
import {
  plainView,
  type Answer,
  type ArmServices,
  type KindRequest,
  type ResourceKind,
  type Written,
} from "../kind";
import { readGroup, type ContainerGroup } from "./groupReader";

export function containerGroupKind({ instances }: ArmServices): ResourceKind {
  async function put(request: KindRequest): Promise<Written> {
    const { id, name, body, existing } = request;
    const location = optionalText(body.location, "location");
    if (location === undefined) throw refuse("LocationRequired");
    if (existing?.location !== undefined && existing.location !== normalLocation(location)) {
      throw refuse("InvalidResourceLocation", name, existing.location);
    }
    const identity = optionalText(objectAt(body.identity, "identity").type, "identity.type");
    if (identity !== undefined && identity !== "None") {
      throw refuse("NotSupportedHere", "A container group's own identity", "leave 'identity' out");
    }
    const { shown, secret } = readGroup(objectAt(body.properties, "properties"));
    if (existing && fixed(existing.properties) !== fixed({ ...shown })) {
      throw refuse("InvalidContainerGroupUpdate", name);
    }
    const resource: Resource = {
      id,
      name,
      type: resourceTypes.containerGroup,
      location: normalLocation(location),
      tags: tagsAt(body.tags) ?? {},
      properties: { ...shown, provisioningState: "Succeeded" },
      secret: { ...secret },
    };
    const state = await deploy(resource);
    return { resource: withAddress(resource, shown, state) };
  }

  async function deploy(group: Resource): Promise<ContainerGroupState> {
    try {
      return await instances.deploy(group);
    } catch (error) {
      if (!(error instanceof ContainerGroupRefused)) throw error;
      throw new ArmError("ContainerGroupRefused", [error.message], error.code);
    }
  }

  async function restart(group: Resource): Promise<Answer> {
    await deploy(group);
    return { status: 204 };
  }

  return {
    type: resourceTypes.containerGroup,
    scope: "resourceGroup",
    name: {
      pattern: /^(?=.{1,63}$)[a-z0-9](?:-?[a-z0-9])*$/,
      rule: "a container group name has 1 to 63 lower-case letters, digits and single '-' between them",
    },
    createdStatus: 201,
    showsRemoved: true,
    put,
    patch: ({ existing, body }) => ({
      resource: { ...existing, tags: tagsAt(body.tags) ?? existing.tags },
    }),
    remove: ({ id }) => instances.remove(id),
    view: (group) => withState(group, instances.state(group.id)),
    actions: {
      restart: { method: "POST", name: "restart", run: ({ existing }) => restart(existing) },
    },
  };
}

/** What a running group cannot change, in a form to compare. */
function fixed(properties: Json): string {
  const { osType, restartPolicy, ipAddress, containers } = properties as unknown as ContainerGroup;
  const sizes = containers.map((container) => [container.name, container.properties.resources]);
  const address = ipAddress && [ipAddress.type, ipAddress.ports];
  return JSON.stringify([osType, restartPolicy, address ?? null, sizes]);
}

function withAddress(
  group: Resource,
  shown: ContainerGroup,
  { ip }: ContainerGroupState,
): Resource {
  if (!shown.ipAddress) return group;
  return { ...group, properties: { ...group.properties, ipAddress: { ...shown.ipAddress, ip } } };
}

/** The group as it is now: its state, and its containers' states, from what runs. */
function withState(group: Resource, state: ContainerGroupState | undefined): Json {
  const { properties } = group;
  const now = state?.state ?? "Stopped";
  const containers = (properties.containers as ContainerGroup["containers"]).map((container) => ({
    ...container,
    properties: {
      ...container.properties,
      instanceView: {
        restartCount: 0,
        currentState: { state: containerStates[now], detailStatus: "" },
        events: [],
      },
    },
  }));
  const address = isObject(properties.ipAddress)
    ? { ipAddress: { ...properties.ipAddress, ...(state ? { ip: state.ip } : {}) } }
    : {};
  return {
    ...plainView(group),
    properties: {
      ...properties,
      containers,
      ...address,
      instanceView: { events: [], state: now },
    },
  };
}

const containerStates: Record<ContainerGroupState["state"], string> = {
  Pending: "Waiting",
  Running: "Running",
  Succeeded: "Terminated",
  Failed: "Terminated",
  Stopped: "Terminated",
};
