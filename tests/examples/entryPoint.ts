/** Which file Pulumi's Node.js language host runs for a project folder. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";

const read = <T>(path: string): T => parse(readFileSync(path, "utf8")) as T;

/** `main` of Pulumi.yaml if there is one; else that of the nearest package.json, in the folder or above. */
export function entryPointOf(projectFolder: string): string {
  const { main } = read<{ main?: string }>(join(projectFolder, "Pulumi.yaml"));
  if (main !== undefined) return join(projectFolder, main);
  for (let folder = projectFolder; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return join(folder, read<{ main?: string }>(file).main ?? "index.js");
    if (folder === dirname(folder)) throw new Error(`no package.json at or above ${projectFolder}`);
  }
}
