/** The settings of a container registry: which there are, Azure's defaults, and what a tier does not have. */
import {
  isObject,
  knownOnly,
  listAt,
  mergePatch,
  objectAt,
  optionalChoice,
  optionalFlag,
  optionalNumber,
  textAt,
  type Json,
} from "../body";
import { refuse } from "../errors";

const onOff = ["Enabled", "Disabled"] as const;
const statuses = ["enabled", "disabled"] as const;

/** Properties that a request may set: with Azure's default, and how each is checked. */
const settings: Readonly<Record<string, (value: unknown, path: string) => unknown>> = {
  adminUserEnabled: (value, path) => optionalFlag(value, path) ?? false,
  anonymousPullEnabled: (value, path) => optionalFlag(value, path) ?? false,
  dataEndpointEnabled: (value, path) => optionalFlag(value, path) ?? false,
  encryption: (value, path) => ({ status: "disabled", ...objectAt(value, path) }),
  networkRuleBypassAllowedForTasks: (value, path) => optionalFlag(value, path) ?? false,
  networkRuleBypassOptions: (value, path) =>
    optionalChoice(value, ["AzureServices", "None"], path) ?? "AzureServices",
  networkRuleSet: (value, path) =>
    value === undefined || value === null ? undefined : networkRules(objectAt(value, path), path),
  policies: (value, path) => policies(objectAt(value, path), path),
  publicNetworkAccess: (value, path) => optionalChoice(value, onOff, path) ?? "Enabled",
  roleAssignmentMode: (value, path) =>
    optionalChoice(value, ["LegacyRegistryPermissions", "AbacRepositoryPermissions"], path) ??
    "LegacyRegistryPermissions",
  zoneRedundancy: (value, path) => optionalChoice(value, onOff, path) ?? "Disabled",
};

const defaultPolicies = {
  quarantinePolicy: { status: "disabled" },
  trustPolicy: { type: "Notary", status: "disabled" },
  retentionPolicy: { days: 7, status: "disabled" },
  exportPolicy: { status: "enabled" },
  azureADAuthenticationAsArmPolicy: { status: "enabled" },
  softDeletePolicy: { retentionDays: 7, status: "disabled" },
};

/** Members of a policy that count days, with the least and the most. */
const dayLimits: Readonly<Record<string, readonly [number, number]>> = {
  days: [0, 365],
  retentionDays: [1, 90],
};

/** Settings that only the Premium tier has, and when they count as used. All but one are refused as SkuNotSupported. */
const premiumOnly: Readonly<Record<string, (checked: Json) => boolean>> = {
  zoneRedundancy: ({ zoneRedundancy }) => zoneRedundancy === "Enabled",
  networkRuleSet: ({ networkRuleSet }) => networkRuleSet !== undefined,
  publicNetworkAccess: ({ publicNetworkAccess }) => publicNetworkAccess === "Disabled",
  dataEndpointEnabled: ({ dataEndpointEnabled }) => dataEndpointEnabled === true,
  "policies.retentionPolicy": ({ policies: all }) => statusOf(all, "retentionPolicy") === "enabled",
  "policies.trustPolicy": ({ policies: all }) => statusOf(all, "trustPolicy") === "enabled",
  "policies.exportPolicy": ({ policies: all }) => statusOf(all, "exportPolicy") === "disabled",
};

/** @throws ArmError that names the setting at fault. */
export function readSettings(
  given: Json,
  { sku, readOnly }: { sku: string; readOnly: readonly string[] },
): Json {
  knownOnly(given, [...Object.keys(settings), ...readOnly], "properties");
  const all = Object.entries(settings).map(([name, check]) => [
    name,
    check(given[name], `properties.${name}`),
  ]);
  const checked: Json = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  if (sku !== "Premium") {
    const [used] = Object.entries(premiumOnly).find(([, isUsed]) => isUsed(checked)) ?? [];
    if (used === "publicNetworkAccess") {
      throw refuse("DisablingPublicNetworkAccessNotSupported", sku);
    }
    if (used) throw refuse("SkuNotSupported", sku);
  }
  if (sku === "Basic" && checked.anonymousPullEnabled === true) {
    throw refuse("SkuNotSupported", sku);
  }
  return checked;
}

function policies(given: Json, path: string): Json {
  knownOnly(given, Object.keys(defaultPolicies), path);
  for (const [name, value] of Object.entries(given)) {
    const policy = objectAt(value, `${path}.${name}`);
    const known = Object.keys(defaultPolicies[name as keyof typeof defaultPolicies]);
    knownOnly(policy, [...known, "lastUpdatedTime"], `${path}.${name}`);
    optionalChoice(policy.status, statuses, `${path}.${name}.status`);
    for (const [member, [least, most]] of Object.entries(dayLimits)) {
      const days = optionalNumber(policy[member], `${path}.${name}.${member}`);
      if (days === undefined || (Number.isInteger(days) && days >= least && days <= most)) continue;
      throw refuse("BadRequest", `'${path}.${name}.${member}' must be ${least} to ${most}.`);
    }
  }
  const all = objectAt(mergePatch(defaultPolicies, given), path);
  if (["retentionPolicy", "softDeletePolicy"].every((name) => statusOf(all, name) === "enabled")) {
    throw refuse(
      "BadRequest",
      "The retention policy and the soft delete policy cannot be enabled at the same time.",
    );
  }
  return all;
}

function statusOf(all: unknown, name: string): string | undefined {
  const policy = isObject(all) ? all[name] : undefined;
  return isObject(policy) ? String(policy.status).toLowerCase() : undefined;
}

function networkRules(given: Json, path: string): Json {
  knownOnly(given, ["defaultAction", "ipRules"], path);
  const actions = ["Allow", "Deny"] as const;
  const ipRules = listAt(given.ipRules, `${path}.ipRules`).map((entry, index) => {
    const own = `${path}.ipRules[${index}]`;
    const rule = objectAt(entry, own);
    knownOnly(rule, ["action", "value"], own);
    const action = optionalChoice(rule.action, ["Allow"], `${own}.action`) ?? "Allow";
    const value = textAt(rule.value, `${own}.value`);
    if (!/^\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?$/.test(value)) {
      throw refuse(
        "BadRequest",
        `'${own}.value' must be an IPv4 address or CIDR range, not '${value}'.`,
      );
    }
    return { action, value };
  });
  const defaultAction = optionalChoice(given.defaultAction, actions, `${path}.defaultAction`);
  return { defaultAction: defaultAction ?? "Allow", ipRules };
}
