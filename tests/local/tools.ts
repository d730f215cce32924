/** Tools that the tests of the local Azure take from where `npm test` put them. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gated-imports");

function tool(variable: string, ...paths: string[]): string {
  const found = process.env[variable] ?? paths.find((path) => existsSync(path));
  if (!found) throw new Error(`${variable} is not set and no tool was found; run: npm test`);
  return found;
}

/** Path of the azure-cli. */
export const azureCliForTests = (): string =>
  tool("GATED_IMPORTS_AZ", join(cache, "azure-cli-2.91.0/bin/az"), "/usr/bin/az");

/** Path of the Pulumi engine. */
export const pulumiForTests = (): string =>
  tool("GATED_IMPORTS_PULUMI", join(cache, "pulumi-3.259.0/pulumi"), "/usr/local/bin/pulumi");
