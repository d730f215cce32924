/** What the stack's checkpoint says that the engine's events do not. */
import { existsSync, readFileSync } from "node:fs";
import type { IgnoredProperties } from "./plan";

interface Checkpoint {
  checkpoint?: { latest?: { resources?: { urn: string; ignoreChanges?: string[] }[] } };
}

/** The `ignoreChanges` of all resources, from the file backend's checkpoint; none when there is no stack yet. */
export function ignoredProperties(file: string): IgnoredProperties {
  if (!existsSync(file)) return new Map();
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as Checkpoint;
  const resources = checkpoint?.latest?.resources ?? [];
  return new Map(resources.map(({ urn, ignoreChanges = [] }) => [urn, ignoreChanges]));
}
