// @ts-check
/** Where the checkout is, where built tools are cached, and what a command is called on PATH. */
import { createHash } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Root of this checkout. */
export const checkout = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

/**
 * Folder of tools that are built once and shared by all checkouts of a user.
 * @param {NodeJS.ProcessEnv} env
 */
export function cacheFolder(env) {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "gated-imports");
}

/**
 * First executable file of that name on PATH or in one of the extra folders.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} [extraFolders]
 */
export function findCommand(name, env, extraFolders = []) {
  return [...(env.PATH ?? "").split(delimiter).filter(Boolean), ...extraFolders]
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/** @param {string} path */
export function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Short name that two checkouts never share.
 * @param {string} folder
 */
export function folderKey(folder) {
  return createHash("sha256").update(folder).digest("hex").slice(0, 12);
}
