/** The benchmark's table. */
import { formatTable } from "../cli/table";
import type { Round } from "./measurements";
import { spreadOf, type Spread } from "./medians";

interface Line {
  title: string;
  values: number[];
  format: (value: number) => string;
  target?: string;
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
export const times = (ratio: number): string => `${ratio.toFixed(2)} x`;

export interface Result {
  rounds: readonly Round[];
  /** Milliseconds that the local Azure itself took to start, once. */
  start: number;
}

function linesOf({ rounds, start }: Result): Line[] {
  const time = (title: string, of: (round: Round) => number, target?: string): Line => ({
    title,
    values: rounds.map(of),
    format: seconds,
    ...(target ? { target } : {}),
  });
  return [
    { title: "Local Azure, start", values: [start], format: seconds },
    time("up, from empty to the page", ({ up }) => up, "30 s"),
    time("  first run node-public", ({ firstRuns }) => firstRuns.public),
    time("  first run base-import-node", ({ firstRuns }) => firstRuns.baseArtifacts),
    time("  first run of the app", ({ firstRuns }) => firstRuns.team),
    time("preview, no change", ({ preview }) => preview, "6 s"),
    time("commit to the page", ({ commitToPage }) => commitToPage, "15 s"),
    time("  the same by hand", ({ byHand }) => byHand),
    {
      title: "  ratio",
      values: rounds.map(({ commitToPage, byHand }) => commitToPage / byHand),
      format: times,
    },
    time("destroy", ({ destroy }) => destroy),
    {
      title: "memory at rest",
      values: rounds.map(({ memory }) => memory),
      format: megabytes,
      target: "300 MB",
    },
  ];
}

function row({ title, values, format, target }: Line): string[] {
  const { median, least, most, count }: Spread = spreadOf(values);
  return [title, format(median), target ?? "", format(least), format(most), String(count)];
}

export function benchmarkTable(result: Result): string {
  const header = ["MEASURE", "MEDIAN", "AT MOST", "LEAST", "MOST", "RUNS"];
  return formatTable(header, linesOf(result).map(row));
}
