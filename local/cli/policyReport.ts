/** What the policies say, in words. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { PolicyViolation } from "../pulumi/policies";
import { shortType } from "./operationDisplay";
import { formatTable } from "./table";

/**
 * The program that runs the checkout's policy pack.
 * @throws Error when it is not there
 */
export function policyPackProgram(checkout: string): string {
  const program = join(checkout, "policies", "run.cjs");
  if (existsSync(program)) return program;
  throw new Error(`${program} is missing; the checkout is not whole`);
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
  return new Error(`mandatory policies are violated: ${named.join(", ")}`, { cause: error });
}
