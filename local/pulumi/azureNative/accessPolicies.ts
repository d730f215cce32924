/** Access policies of a vault: no ARM resources of their own, but entries in the vault's list, changed by a request of their own. */
import { findChanges } from "../changes";
import { isBag, type Bag } from "../propertyBag";
import type { Bounds, Diff, Made } from "../provider";
import type { ArmClient } from "./armClient";
import { armId, resourceTypes, type ResourceType } from "./resourceTypes";

const vault = resourceTypes["azure-native:keyvault:Vault"] as ResourceType;
/** What is in the id: another one of these is another entry. */
const fixed = ["resourceGroupName", "vaultName", "policy.objectId"];

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

async function write(client: ArmClient, id: string, inputs: Bag, bounds: Bounds): Promise<Bag> {
  const { signal } = bounds;
  await change(client, "replace", { id, inputs, signal });
  const live = await find(client, id, signal);
  if (!live) throw new Error("newly written access policy not found");
  return live;
}

export const accessPolicies = {
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
  /** @throws Error for an entry that is there, and for a vault that is not */
  async create(client: ArmClient, id: string, inputs: Bag, bounds: Bounds): Promise<Bag> {
    if (await find(client, id, bounds.signal))
      throw new Error(`cannot create already existing resource "${id}"`);
    return await write(client, id, inputs, bounds);
  },
  /** @throws Error for an entry that is not there any more: it is not made again */
  async update(client: ArmClient, id: string, inputs: Bag, bounds: Bounds): Promise<Bag> {
    if (!(await find(client, id, bounds.signal)))
      throw new Error(`access policy for ${String(ofPolicy(inputs)["objectId"])} does not exist`);
    return await write(client, id, inputs, bounds);
  },
  /** @throws {ArmError} also when the vault is gone, and the entry with it */
  async delete(client: ArmClient, id: string, inputs: Bag, signal: AbortSignal): Promise<void> {
    await change(client, "remove", { id, inputs, signal });
  },
};
