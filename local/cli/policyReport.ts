/** What the policies say, in words. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PolicyViolation } from "../pulumi/policies";
import { shortType } from "./shortType";
import { formatTable } from "./table";

/**
 * The checkout's policy pack, and its configuration as given on the command line.
 * @throws Error that names what is not there
 */
export function policyPack(
  checkout: string,
  config: string | undefined,
): { policyPacks: string[]; policyPackConfigs: string[] } {
  const program = join(checkout, "policies", "run.cjs");
  if (!existsSync(program)) throw new Error(`${program} is missing; the checkout is not whole`);
  if (config !== undefined && !existsSync(config))
    throw new Error(`there is no policy configuration ${config}`);
  return {
    policyPacks: [program],
    policyPackConfigs: config === undefined ? [] : [resolve(config)],
  };
}

const subject = ({ resource }: PolicyViolation): string =>
  resource ? `${shortType(resource.type)} ${resource.name}` : "the stack";

/** What the SDK reports for a rule that has to look at a value which no preview knows. */
const isUndecided = ({ message }: PolicyViolation): boolean =>
  message.startsWith("can't run policy");

/** A table, mandatory ones first; what only an `up` can tell is counted below it. */
export function describeViolations(violations: readonly PolicyViolation[]): string {
  const decided = violations.filter((each) => !isUndecided(each));
  const sorted = decided.toSorted((a, b) => b.level.localeCompare(a.level));
  const table = formatTable(
    ["LEVEL", "POLICY", "RESOURCE", "WHAT IS WRONG"],
    sorted.map((each) => [each.level, each.policy, subject(each), each.message]),
  );
  const open = violations.length - decided.length;
  return [
    decided.length > 0 ? table : "Policies: no violation.",
    ...(open > 0 ? [`Policies: ${open} checks need values that are known only after up.`] : []),
  ].join("\n");
}

/** The error of an operation that violations made fail, naming them; any other error as it is. */
export function policyFailure(violations: readonly PolicyViolation[], error: unknown): unknown {
  const mandatory = violations.filter(({ level }) => level === "mandatory");
  if (mandatory.length === 0) return error;
  const named = mandatory.map((each) => `${each.policy} (${subject(each)})`);
  return new Error(`mandatory policies are violated: ${[...new Set(named)].join(", ")}`, {
    cause: error,
  });
}
