/**
 * Resources that were being created when an operation was killed. Azure may have made them although the stack does not
 * know, and `create` would then refuse them for ever; so they are read into the stack before the next operation, as
 * `pulumi refresh` offers for its pending creates. A command leaves nothing to read: it is dropped, and runs again.
 */
import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import { accessPolicyId } from "./azureNative/accessPolicies";
import { accessPolicyType, armId, resourceTypes } from "./azureNative/resourceTypes";
import type { LostCreate } from "./lostCreates";
import { nameOf } from "./progress";

interface PendingOperation {
  type: string;
  resource: {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    parent?: string;
    provider?: string;
    dependencies?: string[];
  } & Record<string, unknown>;
}

interface State {
  pending_operations?: PendingOperation[];
  resources?: { urn: string; id?: string }[];
}

/** Inputs of resources as the checkpoint has them, by URN. */
type Inputs = ReadonlyMap<string, Record<string, unknown>>;

export interface AdoptOptions {
  subscription: string;
  /** What the engine forgot. */
  lost: readonly LostCreate[];
  /** Writes a deployment into the stack. */
  importStack: (deployment: Deployment) => Promise<void>;
  /** Told of what could not be taken over; the operation goes on. */
  note: (message: string) => void;
}

/**
 * Turns pending creates, and the `lost` ones, whose ARM id is known into resources with that id, and drops all other
 * pending operations. A refresh must follow, which reads what is there and forgets what is not, and then
 * `giveBackInputs`.
 * @returns what the program had asked for, by URN
 */
export async function adoptPendingCreates(
  stack: Stack,
  { subscription, lost, importStack, note }: AdoptOptions,
): Promise<Inputs> {
  const deployment: Deployment = await stack.exportStack();
  const state = deployment.deployment as State;
  const operations = state.pending_operations ?? [];
  if (operations.length === 0 && lost.length === 0) return new Map();
  const written = state.resources ?? [];
  const write = (adopted: PendingOperation["resource"][]): Promise<void> =>
    importStack({
      ...deployment,
      deployment: { ...state, resources: [...written, ...adopted], pending_operations: undefined },
    });
  const pending = operations
    .filter(({ type }) => type === "creating")
    .map(({ resource }) => resource);
  const adopted = acceptable([...pending, ...lost], written).flatMap((resource) => {
    const id = idOf(resource, subscription);
    return id ? [{ ...resource, id, custom: true, outputs: {} }] : [];
  });
  try {
    await write(adopted);
    return new Map(adopted.map(({ urn, inputs = {} }) => [urn, inputs]));
  } catch (error) {
    const names = adopted.map(({ urn }) => nameOf(urn)).join(", ");
    note(
      `what was being made when the last operation stopped could not be taken over (${names}): ${firstLine(error)}; if Azure has it, delete it there`,
    );
    if (operations.length > 0) await write([]).catch((again: unknown) => note(firstLine(again)));
    return new Map();
  }
}

/**
 * A refresh takes what Azure shows for what the program asked for. Azure shows no password, so the next update would send
 * none; and what it adds of its own would be taken for a change.
 */
export async function giveBackInputs(
  stack: Stack,
  inputs: Inputs,
  importStack: AdoptOptions["importStack"],
): Promise<void> {
  if (inputs.size === 0) return;
  const deployment: Deployment = await stack.exportStack();
  const state = deployment.deployment as State;
  const resources = (state.resources ?? []).map((resource) => ({
    ...resource,
    ...(inputs.has(resource.urn) ? { inputs: inputs.get(resource.urn) } : {}),
  }));
  await importStack({ ...deployment, deployment: { ...state, resources } });
}

/** Those that the stack does not have yet, once each, and whose parent and provider it has: it takes no others. */
function acceptable(
  resources: readonly PendingOperation["resource"][],
  written: readonly { urn: string; id?: string }[],
): PendingOperation["resource"][] {
  const known = new Set(written.map(({ urn }) => urn));
  const providers = new Set(written.map(({ urn, id }) => `${urn}::${id}`));
  const accepted: PendingOperation["resource"][] = [];
  for (const resource of resources) {
    const { urn, parent, provider, dependencies } = resource;
    if (known.has(urn) || (parent && !known.has(parent))) continue;
    if (provider && !providers.has(provider)) continue;
    known.add(urn);
    const kept = dependencies?.filter((each) => known.has(each));
    accepted.push({ ...resource, ...(kept ? { dependencies: kept } : {}) });
  }
  return accepted;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";

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
