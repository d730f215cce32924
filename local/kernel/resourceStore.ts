/** The store of ARM resources: a map in memory, one JSON file on disk. */
import type { Resource, ResourceStore } from "../contracts/resources";
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
