/** Patterns of names and login servers. */

/**
 * Whether one of the patterns matches the whole text, whatever the case. `*` stands for any characters but dots and
 * slashes: `*.azurecr.io` is any registry of Azure, and not `evil.example/x.azurecr.io`.
 */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"));
    return new RegExp(`^${parts.join("[^./]*")}$`, "i").test(text);
  });
}
