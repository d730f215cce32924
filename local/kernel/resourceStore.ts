/** The store of ARM resources: a map in memory, one JSON file on disk. */
import { type Resource, type ResourceStore, resourceTypes } from "../contracts/resources";
import { JsonFile } from "./jsonFile";

const key = (id: string): string => id.toLowerCase().replace(/\/+$/, "");

/** Opens the store kept at `path`; the file appears with the first resource. */
export function openResourceStore(path: string): ResourceStore {
  const file = new JsonFile<Resource[]>(path, () => []);
  const resources = new Map(file.read().map((resource) => [key(resource.id), resource]));
  const save = (): void => file.write([...resources.values()]);

  return {
    get: (id) => structuredClone(resources.get(key(id))),
    put(resource) {
      resources.set(key(resource.id), structuredClone(resource));
      save();
    },
    delete(id) {
      const found = resources.delete(key(id));
      if (found) save();
      return found;
    },
    list({ type, under } = {}) {
      const prefix = under === undefined ? "" : `${key(under)}/`;
      return [...resources.entries()]
        .filter(([id]) => id.startsWith(prefix))
        .filter(([, resource]) => !type || resource.type.toLowerCase() === type.toLowerCase())
        .map(([, resource]) => structuredClone(resource));
    },
  };
}

/** Not resources of their own to a person: each task run is listed as a run, what is deleted only bars its name. */
const uncounted: readonly string[] = [
  resourceTypes.taskRun,
  resourceTypes.deletedVault,
  resourceTypes.deletedSecret,
];

/** How many resources a person would say there are. */
export const countResources = (resources: ResourceStore): number =>
  resources.list().filter(({ type }) => !uncounted.includes(type)).length;
