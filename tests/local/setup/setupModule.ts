/** Loads a module of the setup, which is plain JavaScript without type declarations. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export const setupFolder = join(__dirname, "../../../local/setup");

export async function loadSetup<T>(file: string): Promise<T> {
  return (await import(pathToFileURL(join(setupFolder, file)).href)) as T;
}
