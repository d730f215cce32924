/** Removes a state folder, if nothing is deployed in it any more. */
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countResources, openResourceStore } from "../kernel/resourceStore";

/** A folder without one of these was not made by a local Azure. */
const ownMarks = ["settings.json", "daemon.log"];

/**
 * The daemon must be stopped.
 * @throws Error when resources are left, or when the folder is not a state folder
 */
export function removeState(stateDir: string): void {
  if (!existsSync(stateDir)) return;
  if (!ownMarks.some((name) => existsSync(join(stateDir, name))))
    throw new Error(`${stateDir} is not the state folder of a local Azure; nothing was removed`);
  const left = countResources(openResourceStore(join(stateDir, "resources.json")));
  if (left > 0)
    throw new Error(
      `${stateDir} still holds ${left} resources; run first: npm run local -- destroy`,
    );
  rmSync(stateDir, { recursive: true, force: true });
}
