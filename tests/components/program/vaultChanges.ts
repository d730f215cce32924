/** The order in which a program changes its vault. */
import assert from "node:assert/strict";
import type { Declared } from "../declare";

/** Fails unless each change waits for all before it: Azure refuses two at a time. */
export function assertOneVaultChangeAtATime(program: Declared<unknown>): void {
  const changes = [...program.kinds("Secret"), ...program.kinds("AccessPolicy")];
  const counts = changes.map(
    ({ waitsFor }) => [...waitsFor].filter((one) => /^(Secret|AccessPolicy) /.test(one)).length,
  );
  assert.deepEqual(
    counts.sort((a, b) => a - b),
    changes.map((_, place) => place),
  );
}
