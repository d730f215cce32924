/** A few numbers of a series of measurements. */
export interface Spread {
  median: number;
  least: number;
  most: number;
  count: number;
}

/** @throws Error without measurements: a median of nothing would look like a fast machine */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new Error("nothing was measured");
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? most;
  const lower = sorted[middle - 1] ?? least;
  const median = sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
  return { median, least, most, count: sorted.length };
}
