/** Access policies of a vault, and Microsoft.KeyVault/vaults/accessPolicies/{add|replace|remove}. */
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { knownOnly, listAt, objectAt, optionalText, textAt, type Json } from "../body";
import { refuse } from "../errors";
import type { Answer, KindRequest, ResourceKind } from "../kind";
import type { VaultChanges } from "./vaultChanges";

/** An entry of `properties.accessPolicies` of a vault. */
export interface AccessPolicy {
  tenantId: string;
  objectId: string;
  applicationId?: string;
  permissions: Partial<Record<PermissionArea, string[]>>;
}

const general = ["all", "get", "list", "delete", "backup", "restore", "recover", "purge"];
const permissionNames = {
  secrets: [...general, "set"],
  keys: [
    ...[...general, "encrypt", "decrypt", "unwrapkey", "wrapkey", "verify", "sign", "create"],
    ...["update", "import", "release", "rotate", "getrotationpolicy", "setrotationpolicy"],
  ],
  certificates: [
    ...[...general, "create", "import", "update", "managecontacts", "getissuers", "listissuers"],
    ...["setissuers", "deleteissuers", "manageissuers"],
  ],
  storage: [
    ...[...general, "set", "update", "regeneratekey", "getsas", "listsas", "deletesas", "setsas"],
  ],
} as const satisfies Record<string, readonly string[]>;

type PermissionArea = keyof typeof permissionNames;
const areas = Object.keys(permissionNames) as PermissionArea[];

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Reads `accessPolicies` of a request. Whether the principals exist is not asked, as in Azure. */
export function readAccessPolicies(value: unknown): AccessPolicy[] {
  return listAt(value, "properties.accessPolicies").map((entry, index) => {
    const path = `properties.accessPolicies[${index}]`;
    const given = objectAt(entry, path);
    knownOnly(given, ["tenantId", "objectId", "applicationId", "permissions"], path);
    const applicationId = optionalText(given.applicationId, `${path}.applicationId`);
    return {
      tenantId: guidAt(given.tenantId, `${path}.tenantId`),
      objectId: guidAt(given.objectId, `${path}.objectId`),
      ...(applicationId === undefined ? {} : { applicationId }),
      permissions: readPermissions(objectAt(given.permissions, `${path}.permissions`), path),
    };
  });
}

function guidAt(value: unknown, path: string): string {
  const text = textAt(value, path);
  if (!guid.test(text)) throw refuse("BadRequest", `'${path}' must be a GUID, not '${text}'.`);
  return text;
}

function readPermissions(given: Json, path: string): AccessPolicy["permissions"] {
  knownOnly(given, areas, `${path}.permissions`);
  const read: AccessPolicy["permissions"] = {};
  for (const area of areas) {
    if (given[area] === undefined || given[area] === null) continue;
    const known: readonly string[] = permissionNames[area];
    read[area] = listAt(given[area], `${path}.permissions.${area}`).map((entry) => {
      const name = textAt(entry, `${path}.permissions.${area}`);
      if (known.includes(name.toLowerCase())) return name;
      throw refuse(
        "BadRequest",
        `'${name}' is no permission for ${area}; known: ${known.join(", ")}.`,
      );
    });
  }
  return read;
}

const sameHolder = (a: AccessPolicy, b: AccessPolicy): boolean =>
  a.objectId.toLowerCase() === b.objectId.toLowerCase() &&
  a.tenantId.toLowerCase() === b.tenantId.toLowerCase() &&
  (a.applicationId ?? "").toLowerCase() === (b.applicationId ?? "").toLowerCase();

const without = (names: string[] = [], taken: string[] = []): string[] =>
  names.filter((name) => !taken.some((other) => other.toLowerCase() === name.toLowerCase()));

/** How one given policy changes the one the same holder has; undefined: the holder has none any more. */
const operations: Readonly<
  Record<string, (held: AccessPolicy | undefined, given: AccessPolicy) => AccessPolicy | undefined>
> = {
  add: (held, given) =>
    combine(held ?? { ...given, permissions: {} }, given, (a, b) => [...a, ...without(b, a)]),
  replace: (_held, given) => given,
  remove(held, given) {
    if (!held) return undefined;
    const left = combine(held, given, (a, b) => without(a, b));
    return areas.some((area) => (left.permissions[area] ?? []).length > 0) ? left : undefined;
  },
};

function combine(
  held: AccessPolicy,
  given: AccessPolicy,
  merge: (held: string[], given: string[]) => string[],
): AccessPolicy {
  const permissions: AccessPolicy["permissions"] = {};
  for (const area of areas) {
    const merged = merge(held.permissions[area] ?? [], given.permissions[area] ?? []);
    if (merged.length > 0) permissions[area] = merged;
  }
  return { ...held, permissions };
}

export const accessPoliciesOf = ({ properties }: Resource): AccessPolicy[] =>
  (properties.accessPolicies ?? []) as AccessPolicy[];

/**
 * azure-native's keyvault.AccessPolicy uses `replace` to create and update one holder's entry and
 * `remove` with the same permissions to delete it; entries of other holders are not touched.
 */
export function accessPoliciesKind(
  { resources }: { resources: ResourceStore },
  changes: VaultChanges,
): ResourceKind {
  const setPolicies = ({ id, name, body, parent }: KindRequest): Answer => {
    const change = operations[name.toLowerCase()];
    if (!change) {
      throw refuse(
        "BadRequest",
        `'${name}' is no access policy operation; use add, replace or remove.`,
      );
    }
    if (!parent || parent.type !== resourceTypes.vault) {
      throw refuse("ParentResourceNotFound", "Microsoft.KeyVault/vaults/accessPolicies", id);
    }
    const properties = objectAt(body.properties, "properties");
    knownOnly(properties, ["accessPolicies"], "properties");
    let policies = accessPoliciesOf(parent);
    for (const given of readAccessPolicies(properties.accessPolicies)) {
      const held = policies.find((policy) => sameHolder(policy, given));
      const left = change(held, given);
      const others = policies.filter((policy) => policy !== held);
      policies = left ? [...others, left] : others;
    }
    resources.put({ ...parent, properties: { ...parent.properties, accessPolicies: policies } });
    return {
      status: 200,
      body: {
        id: `${parent.id}/accessPolicies/`,
        type: "Microsoft.KeyVault/vaults/accessPolicies",
        location: parent.location,
        properties: { accessPolicies: policies },
      },
    };
  };
  return {
    type: "Microsoft.KeyVault/vaults/accessPolicies",
    scope: "resourceGroup",
    createdStatus: 200,
    find: () => undefined,
    put: (request) => changes(request.parent?.id ?? "", () => setPolicies(request)),
  };
}
