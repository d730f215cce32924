/** Microsoft.ContainerRegistry/registries. */
import { resourceTypes, type Resource } from "../../contracts/resources";
import {
  knownOnly,
  mergePatch,
  normalLocation,
  objectAt,
  optionalChoice,
  optionalText,
  tagsAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import type { ArmServices, KindRequest, ResourceKind, Written } from "../kind";
import { generateCredentials } from "./credentials";
import { scheduleRun } from "./runs";
import { readSettings } from "./registrySettings";
import { systemScopeMapsOf } from "./scopeMap";
import { releaseTask } from "./task";

const tiers = ["Basic", "Standard", "Premium"] as const;

/** What answers carry beside the settings; requests may echo them. */
const readOnly = [
  ...["loginServer", "creationDate", "provisioningState", "status", "dataEndpointHostNames"],
  ...["privateEndpointConnections"],
];

export function registryKind(services: ArmServices): ResourceKind {
  const { resources, registries, runs } = services;

  function write(request: KindRequest, body: Json): Written {
    const { id, name, existing } = request;
    const location = optionalText(body.location, "location");
    if (location === undefined) throw refuse("LocationRequired");
    if (existing?.location !== undefined && existing.location !== normalLocation(location)) {
      throw refuse("InvalidResourceLocation", name, existing.location);
    }
    const sku = skuOf(body.sku);
    const loginServer = `${name.toLowerCase()}.azurecr.io`;
    const taken = resources
      .list({ type: resourceTypes.registry })
      .some((other) => other.id !== id && other.name.toLowerCase() === name.toLowerCase());
    if (taken) throw refuse("AlreadyInUse", loginServer);

    const resource: Resource = {
      id,
      name,
      type: resourceTypes.registry,
      location: normalLocation(location),
      tags: tagsAt(body.tags) ?? {},
      sku,
      properties: {
        loginServer,
        creationDate: existing?.properties.creationDate ?? new Date().toISOString(),
        provisioningState: "Succeeded",
        ...readSettings(objectAt(body.properties, "properties"), { sku: sku.name, readOnly }),
      },
    };
    refuseIdentity(body.identity);
    if (!existing) for (const map of systemScopeMapsOf(id)) resources.put(map);
    return { resource };
  }

  return {
    type: resourceTypes.registry,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9]{5,50}$/,
      rule: "a registry name has 5 to 50 letters and digits",
    },
    createdStatus: 201,
    put: (request) => write(request, request.body),
    patch(request) {
      const { location, tags, sku, properties } = request.existing;
      const merged = mergePatch({ location, sku, properties }, request.body);
      return write(request, {
        ...objectAt(merged, "body"),
        tags: request.body.tags ?? tags,
      });
    },
    async remove(registry) {
      for (const task of resources.list({ type: resourceTypes.task, under: registry.id })) {
        releaseTask(services, task);
      }
      await runs.forgetRegistry(registry.id);
      await registries.removeContent(registry.name);
    },
    actions: {
      generatecredentials: generateCredentials(resources),
      schedulerun: scheduleRun(services),
    },
  };
}

function skuOf(value: unknown): { name: string; tier: string } {
  const sku = objectAt(value, "sku");
  knownOnly(sku, ["name", "tier"], "sku");
  const name = optionalChoice(sku.name, tiers, "sku.name");
  if (name === undefined) {
    throw refuse("InvalidRequestContent", `'sku.name' is required: one of ${tiers.join(", ")}.`);
  }
  return { name, tier: name };
}

function refuseIdentity(value: unknown): void {
  const type = optionalText(objectAt(value, "identity").type, "identity.type");
  if (type !== undefined && type !== "None") {
    throw refuse("NotSupportedHere", "A registry's own identity", "leave 'identity' out");
  }
}
