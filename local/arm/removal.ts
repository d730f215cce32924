/** Removing a resource with all that belongs to it, in an order that leaves nothing dangling. */
import { resourceTypes, type Resource } from "../contracts/resources";
import { refuse } from "./errors";
import type { ArmContext } from "./pipeline";

/**
 * Removes what the resource stands for, then it and everything below it from the store: children and the
 * role assignments made on it. A resource group's content goes first, kind by kind in the order of kinds.ts.
 */
export async function removeResource(context: ArmContext, resource: Resource): Promise<void> {
  const { resources, kinds } = context;
  if (resource.type === resourceTypes.resourceGroup) await removeContent(context, resource);
  const kind = kinds.find(({ type }) => type === resource.type);
  await kind?.remove?.(resource);
  for (const below of resources.list({ under: resource.id })) resources.delete(below.id);
  resources.delete(resource.id);
}

async function removeContent(context: ArmContext, group: Resource): Promise<void> {
  const { resources, kinds } = context;
  try {
    for (const kind of kinds) {
      // children go with their parents, extensions with what they extend
      if (kind.type.split("/").length !== 2 || kind.scope !== "resourceGroup") continue;
      for (const resource of resources.list({ type: kind.type, under: group.id })) {
        await context.inTurn(resource.id, () => removeResource(context, resource));
      }
    }
  } catch (error) {
    const properties = { ...group.properties, provisioningState: "Succeeded" };
    resources.put({ ...group, properties });
    throw refuse("ResourceGroupDeletionBlocked", group.name, (error as Error).message);
  }
}

/** Goes on with the deletion of groups that a stop interrupted. */
export function resumeRemovals(context: ArmContext): void {
  for (const group of context.resources.list({ type: resourceTypes.resourceGroup })) {
    if (group.properties.provisioningState !== "Deleting") continue;
    context.operations.start(() => removeResource(context, group));
  }
}
