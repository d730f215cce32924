/** What the stack's checkpoint says that the engine's events do not. */
import { existsSync, readFileSync } from "node:fs";
import type { IgnoredProperties } from "./plan";
import { nameOf, typeOf } from "./progress";

interface Resource {
  urn: string;
  id?: string;
  ignoreChanges?: string[];
  protect?: boolean;
}

interface Checkpoint {
  checkpoint?: { latest?: { resources?: Resource[] } };
}

/** From the file backend's checkpoint; none when there is no stack yet. */
function resourcesIn(file: string): Resource[] {
  if (!existsSync(file)) return [];
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  return checkpoint?.latest?.resources ?? [];
}

/** The `ignoreChanges` of all resources. */
export function ignoredProperties(file: string): IgnoredProperties {
  return new Map(resourcesIn(file).map(({ urn, ignoreChanges = [] }) => [urn, ignoreChanges]));
}

/** What Pulumi refuses to delete, in Azure's names: `Registry contosoteam`. */
export function protectedResources(file: string): string[] {
  return resourcesIn(file)
    .filter(({ protect }) => protect)
    .map(({ urn, id }) => {
      const type = typeOf(urn).split(":").at(-1) ?? "";
      return `${type} ${id?.split("/").at(-1) || nameOf(urn)}`;
    });
}
