/** What the policies say, in words. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PolicyViolation } from "../pulumi/policies";
import { shortType } from "./operationDisplay";
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

/** A table, mandatory ones first. */
export function describeViolations(violations: readonly PolicyViolation[]): string {
  if (violations.length === 0) return "Policies: no violation.";
  const sorted = violations.toSorted((a, b) => b.level.localeCompare(a.level));
  return formatTable(
    ["LEVEL", "POLICY", "RESOURCE", "WHAT IS WRONG"],
    sorted.map((each) => [each.level, each.policy, subject(each), each.message]),
  );
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
