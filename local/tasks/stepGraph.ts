/** The order of steps: each starts when those it waits for are successful, and the first failure ends all. */

export interface Node {
  id: string;
  /** Ids of nodes further up in the list. */
  dependsOn: readonly string[];
}

/**
 * Runs all nodes, as many side by side as their dependencies allow. The first failure aborts the
 * signal given to the others; nodes that have not begun never start. Resolves or rejects (with the
 * first failure) only when nothing runs any more.
 */
export async function runGraph<N extends Node>(
  nodes: readonly N[],
  signal: AbortSignal,
  run: (node: N, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const failure = new AbortController();
  const both = AbortSignal.any([signal, failure.signal]);
  const outcomes = new Map<string, Promise<void>>();
  for (const node of nodes) {
    const parents = node.dependsOn.map((id) => outcomes.get(id));
    const begin = async (): Promise<void> => {
      await Promise.all(parents);
      both.throwIfAborted();
      await run(node, both);
    };
    outcomes.set(
      node.id,
      begin().catch((error: unknown) => {
        // Only the first reason is kept: what follows is a consequence of it.
        failure.abort(error);
        throw error;
      }),
    );
  }
  await Promise.allSettled(outcomes.values());
  both.throwIfAborted();
}
