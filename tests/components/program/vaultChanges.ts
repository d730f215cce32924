/** The order in which a program changes its vault. */
import assert from "node:assert/strict";
import type { Declared } from "../declare";

/** Fails unless each policy waits for all before it: Azure refuses two changes at a time, and azure-native gives up. */
export function assertOnePolicyAtATime(program: Declared<unknown>): void {
  const policies = program.kinds("AccessPolicy");
  const counts = policies.map(
    ({ waitsFor }) => [...waitsFor].filter((one) => one.startsWith("AccessPolicy ")).length,
  );
  assert.ok(policies.length > 1);
  assert.deepEqual(
    counts.sort((a, b) => a - b),
    policies.map((_, place) => place),
  );
}
