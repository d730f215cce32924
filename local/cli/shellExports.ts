/** Variables as lines for a POSIX shell to evaluate. */

import { existsSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";

/** Quoted so that a POSIX shell takes every character as it is. */
export function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** `export NAME='value'` lines, sorted by name. @throws Error for a name that no shell takes. */
export function shellExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`${name} is not a shell variable's name`);
      return `export ${name}=${quote(value)}`;
    })
    .join("\n");
}

/** A line that appends the folders of programs to PATH, where a shell would not find programs of that name yet; else nothing. */
export function pathExport(programs: readonly string[], path: string): string[] {
  const folders = path.split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const missing = programs.filter(
    (program) => !folders.some((folder) => existsSync(join(folder, basename(program)))),
  );
  const added = [...new Set(missing.map((program) => dirname(program)))];
  return added.length === 0 ? [] : [`export PATH="$PATH":${added.map(quote).join(":")}`];
}
