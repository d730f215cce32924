/** Mistakes in words, each with what mends it. */
import { basename } from "node:path";
import type { Fault } from "./consistency";

export const project = "gated-imports";

/** The key of a setting as `pulumi config` takes it: `gated-imports:baseImages[0].tag`. */
export function keyOf([first = "", ...members]: readonly PropertyKey[]): string {
  const name = String(first);
  const start = name === "location" ? "azure-native:location" : `${project}:${name}`;
  const steps = members.map((member) =>
    typeof member === "number" ? `[${member}]` : `.${String(member)}`,
  );
  return [name.includes(":") ? name : start, ...steps].join("");
}

/** The command that mends a mistake. */
function command({ path, example, secret }: Fault): string {
  const key = keyOf(path);
  const words = path.length > 1 ? `--path '${key}'` : key;
  if (secret) return `pulumi config set --secret ${words}`;
  const value = example?.replace(/.*[^\w.,/-].*/, "'$&'");
  return `pulumi config ${value === undefined ? `rm ${words}` : `set ${words} ${value}`}`;
}

/** What to do about it where the settings are a copy of a file, which a command would not change. */
function edit(fault: Fault, file: string): string {
  const { path, example, secret } = fault;
  // Secrets are in the copy alone, and stay there.
  if (secret)
    return `pulumi -C "$GATED_IMPORTS_PROJECT" config set -s local --secret ${keyOf(path)}, in a shell with npm run local -- env`;
  const name = basename(file);
  return example === undefined
    ? `in ${name}, take out ${keyOf(path)}`
    : `in ${name}, set ${keyOf(path)} to ${example}`;
}

/**
 * The error text: all mistakes at once, each with what mends it.
 * @param file the file whose copy the stack's configuration is, if it is one: on the local Azure
 */
export function describeFaults(faults: readonly Fault[], file?: string): string {
  const lines = faults.map(
    (fault) =>
      `  ${keyOf(fault.path)} ${fault.problem}\n    ${file ? edit(fault, file) : command(fault)}`,
  );
  return [`The stack's configuration needs mending${file ? ` (${file})` : ""}:`, ...lines].join(
    "\n",
  );
}
