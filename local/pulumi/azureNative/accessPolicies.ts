/** Access policies of a vault: no ARM resources of their own, but entries in the vault's list, changed by a request of their own. */
import { findChanges } from "../changes";
import { isBag, type Bag } from "../propertyBag";
import type { Bounds, Diff, Made } from "../provider";
import { ArmError } from "./armAnswers";
import type { ArmClient } from "./armClient";
import { missingInputs } from "./inputs";
import { lookSignal } from "./patience";
import { armId, resourceTypes, type ResourceType } from "./resourceTypes";

const vault = resourceTypes["azure-native:keyvault:Vault"] as ResourceType;
const required = ["resourceGroupName", "vaultName", "policy"];
/** What identifies an entry: another one of these is another entry. */
const fixed = [
  "resourceGroupName",
  "vaultName",
  "policy.objectId",
  "policy.tenantId",
  "policy.applicationId",
];

const ofPolicy = (inputs: Bag): Bag => (isBag(inputs["policy"]) ? inputs["policy"] : {});

/** As azure-native 3 makes it. */
export function accessPolicyId(inputs: Bag, subscription: string): string {
  const { objectId } = ofPolicy(inputs);
  if (typeof objectId !== "string") throw new Error("missing required property 'policy.objectId'");
  return `${armId(vault, inputs, subscription)}/accessPolicy/${objectId}`;
}

function parse(id: string): { vaultId: string; objectId: string } {
  const [, vaultId, objectId] = /^(.*\/vaults\/[^/]+)\/accessPolicy\/([^/]+)$/i.exec(id) ?? [];
  if (!vaultId || !objectId)
    throw new Error(
      `${id} is no id of the form …/vaults/{vaultName}/accessPolicy/{policy.objectId}`,
    );
  return { vaultId, objectId };
}

async function find(client: ArmClient, id: string, signal: AbortSignal): Promise<Bag | undefined> {
  const { vaultId, objectId } = parse(id);
  const found = await client.get(vaultId, { apiVersion: vault.apiVersion, signal });
  const properties = found && isBag(found["properties"]) ? found["properties"] : {};
  const policies = Array.isArray(properties["accessPolicies"]) ? properties["accessPolicies"] : [];
  const policy = policies.filter(isBag).find((entry) => entry["objectId"] === objectId);
  if (!policy) return undefined;
  const [, resourceGroupName] = /\/resourceGroups\/([^/]+)\//i.exec(vaultId) ?? [];
  const permissions = isBag(policy["permissions"]) ? policy["permissions"] : {};
  const given = Object.entries(permissions).filter(
    ([, list]) => Array.isArray(list) && list.length > 0,
  );
  return {
    resourceGroupName,
    vaultName: vaultId.split("/").at(-1),
    policy: { ...policy, permissions: Object.fromEntries(given) },
  };
}

/** `replace` sets the entry, whether there was one or not. */
async function change(
  client: ArmClient,
  operation: "replace" | "remove",
  { id, inputs, signal }: { id: string; inputs: Bag; signal: AbortSignal },
): Promise<void> {
  await client.put(
    `${parse(id).vaultId}/accessPolicies/${operation}`,
    { properties: { accessPolicies: [{ permissions: {}, ...ofPolicy(inputs) }] } },
    { apiVersion: vault.apiVersion, signal },
  );
}

async function set(client: ArmClient, id: string, inputs: Bag, { signal }: Bounds): Promise<Bag> {
  await change(client, "replace", { id, inputs, signal });
  const live = await find(client, id, lookSignal());
  if (!live) throw new Error(`${id} is not there after it was written; run 'pulumi up' again`);
  return live;
}

export const accessPolicies = {
  check: (inputs: Bag) => missingInputs(inputs, required),
  diff: (before: Bag, after: Bag): Diff => ({
    changes: findChanges(before, after, (path) => fixed.includes(path)),
    deleteBeforeReplace: true,
  }),
  async read(
    client: ArmClient,
    id: string,
    signal: AbortSignal,
  ): Promise<(Made & { inputs: Bag }) | undefined> {
    const live = await find(client, id, signal);
    return live && { id, outputs: live, inputs: live };
  },
  /** Also makes a policy that is not there yet. */
  set,
  /** Gone with its vault counts as deleted. */
  async delete(client: ArmClient, id: string, inputs: Bag, signal: AbortSignal): Promise<void> {
    try {
      await change(client, "remove", { id, inputs, signal });
    } catch (error) {
      if (!(error instanceof ArmError && error.status === 404)) throw error;
    }
  },
};
