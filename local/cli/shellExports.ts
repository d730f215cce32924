/** Variables as lines for a POSIX shell to evaluate. */

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
