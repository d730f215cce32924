/** The functions of azure-native that the local Azure answers: who is signed in, and what a resource is now. */
import type { Bag } from "../propertyBag";
import type { ArmClient } from "./armClient";
import { outputsOf } from "./body";
import { armId, resourceType } from "./resourceTypes";

const clientConfigFunction = "azure-native:authorization:getClientConfig";
const clientTokenFunction = "azure-native:authorization:getClientToken";

/** Functions that read one resource, by the resource type whose outputs they give. */
const readers: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...["containerregistry:Registry", "containerregistry:Task", "containerregistry:TaskRun"],
    ...["containerregistry:Token", "keyvault:Vault", "keyvault:Secret"],
    ...["containerinstance:ContainerGroup", "authorization:RoleAssignment"],
  ].map((type) => [`azure-native:${type.replace(":", ":get")}`, `azure-native:${type}`]),
);

/**
 * Calls a function of azure-native.
 * @throws {ArmError} with Azure's own code, e.g. ResourceNotFound
 * @throws Error that names a function that is not simulated, and those that are
 */
export async function callFunction(
  client: ArmClient,
  token: string,
  { args, signal }: { args: Bag; signal: AbortSignal },
): Promise<Bag> {
  if (token === clientConfigFunction) {
    const { clientId, subscriptionId, tenantId } = client.credentials;
    const [, payload = ""] = (await client.token()).split(".");
    const claims = Buffer.from(payload, "base64url").toString("utf8") || "{}";
    const { oid } = JSON.parse(claims) as Bag;
    return { clientId, subscriptionId, tenantId, objectId: oid ?? "" };
  }
  if (token === clientTokenFunction) {
    const { endpoint } = args;
    return { token: await client.token(typeof endpoint === "string" ? endpoint : undefined) };
  }
  const typeToken = readers[token];
  if (typeToken === undefined) {
    const known = [clientConfigFunction, clientTokenFunction, ...Object.keys(readers)]
      .sort()
      .join(", ");
    throw new Error(`the local Azure does not simulate ${token}; it has ${known}`);
  }
  const type = resourceType(typeToken);
  const id = armId(type, args, client.credentials.subscriptionId);
  const live = await client.show(id, { apiVersion: type.apiVersion, signal });
  return { ...outputsOf(type, live), id: live["id"] ?? id };
}
