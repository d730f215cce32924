/**
 * Creates that have begun and whose end the engine has not been told. They outlive this process, however it ends: what
 * such a create left in Azure is the stack's own although the stack does not know it, and the next create takes it up.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InitializationFailed, type Made } from "../provider";
import { ArmError } from "./armAnswers";

export interface BegunCreates {
  has(id: string): boolean;
  add(id: string): void;
  delete(id: string): void;
}

/** One file for each resource id below `folder`; without a folder they are remembered as long as this process lives. */
export function openBegunCreates(folder?: string): BegunCreates {
  if (folder === undefined) return new Set<string>();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (id: string): string =>
    join(folder, createHash("sha256").update(id.toLowerCase()).digest("hex"));
  return {
    has: (id) => existsSync(file(id)),
    add: (id) => writeFileSync(file(id), `${id}\n`, { mode: 0o600 }),
    delete: (id) => rmSync(file(id), { force: true }),
  };
}

/**
 * Creates what is not there yet, or what an earlier create of this stack left.
 * @throws Error for a resource that others made
 */
export async function createOnce(
  begun: BegunCreates,
  id: string,
  { find, make }: { find: () => Promise<unknown>; make: () => Promise<Made> },
): Promise<Made> {
  if (!begun.has(id) && (await find()))
    throw new Error(
      `cannot create already existing resource '${id}'; import it with 'pulumi import', or delete it`,
    );
  begun.add(id);
  try {
    const made = await make();
    begun.delete(id);
    return made;
  } catch (error) {
    // Any other error leaves open whether there is something now.
    if (error instanceof ArmError || error instanceof InitializationFailed) begun.delete(id);
    throw error;
  }
}
