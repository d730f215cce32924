/** What can be chosen for a local Azure when it starts, in its environment. */
import type { LocalAzureOptions } from "./types";

export type StartOptions = Pick<LocalAzureOptions, "roleDelay" | "nodeTags">;

/**
 * Reads GATED_IMPORTS_ROLE_DELAY, a number of seconds, and GATED_IMPORTS_NODE_TAGS, tags divided by blanks.
 * @throws Error that names the variable that cannot be read so
 */
export function startOptionsOf(environment: NodeJS.ProcessEnv): StartOptions {
  const delay = environment["GATED_IMPORTS_ROLE_DELAY"] ?? "";
  const tags = (environment["GATED_IMPORTS_NODE_TAGS"] ?? "").split(" ").filter(Boolean);
  if (delay !== "" && !/^\d+(\.\d+)?$/.test(delay))
    throw new Error(
      `GATED_IMPORTS_ROLE_DELAY is "${delay}"; give it a number of seconds, such as 60, or unset it`,
    );
  const odd = tags.find((tag) => !/^\w[\w.-]{0,127}$/.test(tag));
  if (odd !== undefined)
    throw new Error(
      `GATED_IMPORTS_NODE_TAGS names "${odd}", which is no tag; name tags of library/node, such as "22-alpine 24-alpine"`,
    );
  return { nodeTags: tags, ...(delay === "" ? {} : { roleDelay: Number(delay) }) };
}
