/** Microsoft.KeyVault/vaults. Deleting one keeps it, with its content, as a deleted vault. */
import { resourceTypes, type Resource, type SystemData } from "../../contracts/resources";
import {
  knownOnly,
  mergePatch,
  normalLocation,
  objectAt,
  optionalChoice,
  optionalFlag,
  optionalNumber,
  optionalText,
  tagsAt,
  type Json,
} from "../body";
import { refuse } from "../errors";
import type { ArmServices, KindRequest, ResourceKind, Written } from "../kind";
import { readAccessPolicies } from "./accessPolicies";
import { findDeletedVault, keepDeletedVault, recoverVault } from "./deletedVaults";

/** From this API version on, a vault that does not say otherwise uses roles instead of access policies. */
const rolesByDefaultFrom = "2026-02-01";
/** Days. */
const retention = { least: 7, most: 90 };

const writable = [
  ...["tenantId", "sku", "accessPolicies", "enabledForDeployment", "enabledForDiskEncryption"],
  ...["enabledForTemplateDeployment", "enableSoftDelete", "softDeleteRetentionInDays"],
  ...["enableRbacAuthorization", "enablePurgeProtection", "networkAcls", "publicNetworkAccess"],
  "createMode",
];
const readOnly = [
  "vaultUri",
  "provisioningState",
  "hsmPoolResourceId",
  "privateEndpointConnections",
];

export function vaultKind({ resources, directory }: ArmServices): ResourceKind {
  function write(request: KindRequest, body: Json): Written {
    const { id, name, existing, apiVersion } = request;
    const location = optionalText(body.location, "location");
    if (location === undefined) throw refuse("LocationRequired");
    if (existing?.location !== undefined && existing.location !== normalLocation(location)) {
      throw refuse("InvalidResourceLocation", name, existing.location);
    }
    const given = objectAt(body.properties, "properties");
    knownOnly(given, [...writable, ...readOnly], "properties");
    const modes = ["default", "recover"] as const;
    const mode = optionalChoice(given.createMode, modes, "properties.createMode");
    if (!existing) {
      const deleted = findDeletedVault({ resources, directory }, name);
      // As it was: whatever else is in the request has no effect.
      if (deleted && mode === "recover" && sameId(deleted.properties.vaultId, id))
        return { resource: recoverVault(resources, deleted) };
      if (mode === "recover") throw refuse("SoftDeletedVaultDoesNotExist");
      if (deleted)
        throw refuse(
          "ConflictError",
          `A vault with the same name already exists in deleted state ('${name}'). You need to either recover or purge existing key vault: ` +
            `az keyvault purge --name ${name}`,
        );
      const taken = resources
        .list({ type: resourceTypes.vault })
        .some((other) => other.name.toLowerCase() === name.toLowerCase());
      if (taken) throw refuse("VaultAlreadyExists", name);
    }
    return {
      resource: {
        id,
        name,
        type: resourceTypes.vault,
        location: normalLocation(location),
        tags: tagsAt(body.tags) ?? {},
        properties: vaultProperties(given, name, existing, apiVersion),
        systemData: systemData(request),
      },
    };
  }

  function vaultProperties(
    given: Json,
    name: string,
    existing: Resource | undefined,
    apiVersion: string,
  ): Json {
    const flag = (property: string): boolean | undefined =>
      optionalFlag(given[property], `properties.${property}`);
    if (flag("enableSoftDelete") === false) {
      throw refuse("BadRequest", "The property 'enableSoftDelete' cannot be set to false.");
    }
    const purgeProtected = existing?.properties.enablePurgeProtection === true;
    const purgeProtection = flag("enablePurgeProtection");
    if (purgeProtection === false) {
      throw refuse(
        "BadRequest",
        "The property 'enablePurgeProtection' cannot be set to false. Leave it out, or set it to true for good.",
      );
    }
    const tenantId = optionalText(given.tenantId, "properties.tenantId");
    if (tenantId?.toLowerCase() !== directory.tenantId.toLowerCase()) {
      throw refuse(
        "BadRequest",
        `'properties.tenantId' must be the subscription's tenant ${directory.tenantId}.`,
      );
    }
    const policies = given.accessPolicies ?? existing?.properties.accessPolicies;
    const roles = flag("enableRbacAuthorization") ?? existing?.properties.enableRbacAuthorization;
    const passed = (property: string): Json =>
      given[property] === undefined || given[property] === null
        ? {}
        : { [property]: given[property] };
    return {
      tenantId: directory.tenantId,
      sku: skuOf(given.sku),
      accessPolicies: readAccessPolicies(policies),
      enabledForDeployment: flag("enabledForDeployment") ?? false,
      ...passed("enabledForDiskEncryption"),
      ...passed("enabledForTemplateDeployment"),
      enableSoftDelete: true,
      softDeleteRetentionInDays: retentionOf(given.softDeleteRetentionInDays),
      enableRbacAuthorization: roles ?? apiVersion >= rolesByDefaultFrom,
      ...(purgeProtection || purgeProtected ? { enablePurgeProtection: true } : {}),
      ...passed("networkAcls"),
      publicNetworkAccess:
        optionalChoice(
          given.publicNetworkAccess,
          ["Enabled", "Disabled"],
          "properties.publicNetworkAccess",
        ) ?? "Enabled",
      vaultUri: `https://${name.toLowerCase()}.vault.azure.net/`,
      provisioningState: "Succeeded",
    };
  }

  return {
    type: resourceTypes.vault,
    scope: "resourceGroup",
    name: {
      pattern: /^(?=.{3,24}$)[A-Za-z](?:-?[A-Za-z0-9])+$/,
      rule:
        "a vault name has 3 to 24 letters, digits and '-', begins with a letter, ends with a letter " +
        "or digit and has no two '-' in a row",
    },
    createdStatus: 200,
    put: (request) => write(request, request.body),
    patch(request) {
      const { location, properties, tags } = request.existing;
      const merged = mergePatch({ location, properties }, request.body);
      return write(request, { ...objectAt(merged, "body"), tags: request.body.tags ?? tags });
    },
    remove(vault) {
      keepDeletedVault({ resources, directory }, vault);
    },
  };
}

const sameId = (a: unknown, b: string): boolean => String(a).toLowerCase() === b.toLowerCase();

function systemData({ principal, existing }: KindRequest): SystemData {
  const by = principal.objectId;
  const at = new Date().toISOString();
  const created = { createdBy: by, createdByType: "Application", createdAt: at };
  return {
    ...(existing?.systemData ?? created),
    ...{ lastModifiedBy: by, lastModifiedByType: "Application", lastModifiedAt: at },
  };
}

function skuOf(value: unknown): Json {
  const sku = objectAt(value, "properties.sku");
  knownOnly(sku, ["name", "family"], "properties.sku");
  const name = optionalChoice(sku.name, ["standard", "premium"], "properties.sku.name");
  if (name === undefined) {
    throw refuse(
      "InvalidRequestContent",
      "'properties.sku.name' is required: standard or premium.",
    );
  }
  optionalChoice(sku.family, ["A"], "properties.sku.family");
  return { family: "A", name };
}

function retentionOf(value: unknown): number {
  const { least, most } = retention;
  const days = optionalNumber(value, "properties.softDeleteRetentionInDays") ?? most;
  if (Number.isInteger(days) && days >= least && days <= most) return days;
  throw refuse("BadRequest", `'properties.softDeleteRetentionInDays' must be ${least} to ${most}.`);
}
