/** Looks for secrets where everybody can read them. */
import type { Declared } from "../declare";

/** All that is secret in these tests: what the stack's configuration has, and passwords that a script printed. */
const secret = /^(hub-user|hub-password|git-token)$|generated-by-/;

/** @returns where an input of a resource holds a secret that is not marked as one */
export function plainSecrets({ all }: Declared<unknown>): string[] {
  const plain = (value: unknown, path: string, marked: string[]): string[] => {
    if (marked.includes(path)) return [];
    if (typeof value === "string") return secret.test(value) ? [path] : [];
    if (Array.isArray(value))
      return value.flatMap((item, i) => plain(item, `${path}[${i}]`, marked));
    return Object.entries(value ?? {}).flatMap(([key, part]) =>
      plain(part, path ? `${path}.${key}` : key, marked),
    );
  };
  return all.flatMap(({ kind, name, inputs, secrets }) =>
    plain(inputs, "", secrets).map((path) => `${kind} ${name}: ${path}`),
  );
}
