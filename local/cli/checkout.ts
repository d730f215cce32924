/** The checkout that this program is part of, compiled or not. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Folder with Pulumi.yaml above this file. */
export function checkoutFolder(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
  throw new Error(`there is no Pulumi.yaml above ${__dirname}; the checkout is not whole`);
}

/** The state folder: what was asked for, else GATED_IMPORTS_STATE, else `.local` in the checkout. */
export function stateFolder(asked: string | undefined, env: NodeJS.ProcessEnv): string {
  return resolve(asked ?? env["GATED_IMPORTS_STATE"] ?? join(checkoutFolder(), ".local"));
}
