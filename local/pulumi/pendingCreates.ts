/**
 * Resources that were being created when an operation was killed. Azure may have made them although the stack does not
 * know, and `create` would then refuse them for ever; so they are read into the stack before the next operation, as
 * `pulumi refresh` offers for its pending creates. A command leaves nothing to read: it is dropped, and runs again.
 */
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { accessPolicyId } from "./azureNative/accessPolicies";
import { accessPolicyType, armId, resourceTypes } from "./azureNative/resourceTypes";
import type { LostCreate } from "./lostCreates";

interface PendingOperation {
  type: string;
  resource: { urn: string; type: string; id?: string; inputs?: Record<string, unknown> } & Record<
    string,
    unknown
  >;
}

interface State {
  pending_operations?: PendingOperation[];
  resources?: { urn: string }[];
}

/**
 * Turns pending creates, and the `lost` ones that the engine forgot, whose ARM id is known into resources with that id, and drops all other pending operations.
 * @returns the adopted resources' URNs; a refresh must follow, which reads what is there and forgets what is not.
 */
export async function adoptPendingCreates(
  stack: Stack,
  subscription: string,
  lost: readonly LostCreate[] = [],
): Promise<string[]> {
  const deployment: Deployment = await stack.exportStack();
  const state = deployment.deployment as State;
  const pending = [
    ...(state.pending_operations ?? []),
    ...lost.map((resource) => ({ type: "creating", resource })),
  ];
  if (pending.length === 0) return [];
  const known = new Set(state.resources?.map(({ urn }) => urn));
  const adopted = pending
    .filter(({ type, resource }) => type === "creating" && !known.has(resource.urn))
    .flatMap(({ resource }) => {
      const id = idOf(resource, subscription);
      return id ? [{ ...resource, id, custom: true, outputs: {} }] : [];
    });
  await stack.importStack({
    ...deployment,
    deployment: {
      ...state,
      resources: [...(state.resources ?? []), ...adopted],
      pending_operations: undefined,
    },
  });
  return adopted.map(({ urn }) => urn);
}

function idOf(
  { type, inputs = {} }: PendingOperation["resource"],
  subscription: string,
): string | undefined {
  const known = resourceTypes[type];
  try {
    if (type === accessPolicyType) return accessPolicyId(inputs, subscription);
    return known && armId(known, inputs, subscription);
  } catch {
    return undefined;
  }
}
