/** Paths that a task or its files name: they must stay in the run's source, also when they are links. */
import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { RunFailed } from "./failure";

const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith("../") && !isAbsolute(way);
};

/**
 * The host path of `path`, seen from `folder`, inside `workspace`. Whether it exists is for the caller to see.
 * Builds and task files are read on this machine, not on a machine of their own as in Azure: hence the check.
 * @throws {RunFailed} that names `what` when it leads out of the workspace
 */
export function sourcePath(
  { workspace, folder = workspace }: { workspace: string; folder?: string },
  path: string,
  what: string,
): string {
  const target = resolve(folder, path);
  const real = existsSync(target) ? realpathSync(target) : undefined;
  if (
    !isInside(workspace, target) ||
    (real !== undefined && !isInside(realpathSync(workspace), real))
  ) {
    throw new RunFailed(`${what} is outside of the task's source; keep it inside`);
  }
  return target;
}
