/** Microsoft.Resources/resourceGroups. Their deletion is asynchronous; see removal.ts. */
import { resourceTypes } from "../../contracts/resources";
import { knownOnly, normalLocation, objectAt, optionalText, tagsAt } from "../body";
import { refuse } from "../errors";
import type { ResourceKind } from "../kind";

export function resourceGroupKind(): ResourceKind {
  return {
    type: resourceTypes.resourceGroup,
    scope: "subscription",
    name: {
      pattern: /^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u,
      rule: "1 to 90 letters, digits, '_', '-', '.', '(' and ')', not ending in '.'",
    },
    createdStatus: 201,
    put({ id, name, body, existing }) {
      const given = optionalText(body.location, "location");
      if (given === undefined) throw refuse("LocationRequired");
      const location = normalLocation(given);
      if (existing?.location !== undefined && existing.location !== location) {
        throw refuse("InvalidResourceGroupLocation", name, existing.location);
      }
      if (existing?.properties.provisioningState === "Deleting") {
        throw refuse("ResourceGroupBeingDeleted", name);
      }
      knownOnly(objectAt(body.properties, "properties"), ["provisioningState"], "properties");
      const properties = { provisioningState: "Succeeded" };
      const type = resourceTypes.resourceGroup;
      return { resource: { id, name, type, location, tags: tagsAt(body.tags), properties } };
    },
    patch({ body, existing }) {
      return { resource: { ...existing, tags: tagsAt(body.tags) ?? existing.tags } };
    },
    remove() {
      // its content is gone by now, the group itself is only a name
    },
  };
}
