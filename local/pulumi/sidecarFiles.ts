/**
 * Pulumi's file backend keeps a file of attributes beside each of its files, and writes it in place. An engine that is
 * killed in that moment leaves an empty one, and from then on no Pulumi can read the stack ("failed to load checkpoint:
 * EOF"). The attributes are for object stores; a file reads well without them.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Folders of the backend whose files an operation reads. */
const read = ["stacks", "locks"];

/** Removes what a killed engine left half-written. No operation may be under way. */
export function removeBrokenSidecars(backendDir: string): void {
  for (const folder of read.map((name) => join(backendDir, ".pulumi", name))) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isFile() && entry.name.endsWith(".attrs") && !isJson(file)) rmSync(file);
    }
  }
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
