/** The table of companies of growing size. */
import { formatTable } from "../../cli/table";
import { spreadOf } from "../medians";
import { megabytes, seconds, times } from "../report";
import type { CompanyMeasures } from "./company";

/** How many times the time per app of the smallest company an app may take in the largest. */
const ratioAtMost = 1.3;
const memoryAtMost = 1_000_000_000;

/** @param rounds the same sizes in each, smallest first */
export function scaleTable(rounds: readonly (readonly CompanyMeasures[])[]): string {
  const sizes = (rounds[0] ?? []).map(({ apps }) => apps);
  const medians = (value: (measures: CompanyMeasures) => number): number[] =>
    sizes.map((_, place) => {
      const values = rounds.flatMap((round) => round[place] ?? []).map(value);
      return spreadOf(values).median;
    });
  const row = (title: string, cells: string[], target = ""): string[] => [title, ...cells, target];

  const timeRows = (title: string, all: number[]): string[][] => {
    const perApp = all.map((time, place) => time / (sizes[place] ?? Number.NaN));
    return [
      row(title, all.map(seconds)),
      row("  per app", perApp.map(seconds)),
      row(
        `  per app, to that of ${sizes[0]}`,
        perApp.map((time) => times(time / (perApp[0] ?? Number.NaN))),
        times(ratioAtMost),
      ),
      row("  per app added", addedOf(sizes, all).map(secondsOrNone)),
    ];
  };
  const rows = [
    ...timeRows(
      "up, from empty",
      medians(({ up }) => up.time),
    ),
    ...timeRows(
      "up, state written once",
      medians(({ upWrittenOnce }) => upWrittenOnce.time),
    ),
    ...timeRows(
      "preview, no change",
      medians(({ preview }) => preview.time),
    ),
    row(
      "memory of the program",
      medians(({ up, preview }) => Math.max(up.memory, preview.memory)).map(megabytes),
      megabytes(memoryAtMost),
    ),
    row(
      "memory of the engine",
      medians(({ up, preview }) => Math.max(up.engineMemory, preview.engineMemory)).map(megabytes),
    ),
    row("resources", medians(({ up }) => up.resources).map(String)),
  ];
  const header = [
    "MEASURE",
    ...sizes.map((apps) => (apps === 1 ? "1 APP" : `${apps} APPS`)),
    "AT MOST",
  ];
  return formatTable(header, rows);
}

/** What each app more than in the size before took; nothing for the first size. */
export function addedOf(
  sizes: readonly number[],
  totals: readonly number[],
): (number | undefined)[] {
  return totals.map((total, place) => {
    const [fewer, less] = [sizes[place - 1], totals[place - 1]];
    if (fewer === undefined || less === undefined) return undefined;
    return (total - less) / ((sizes[place] ?? Number.NaN) - fewer);
  });
}

const secondsOrNone = (time: number | undefined): string =>
  time === undefined ? "" : seconds(time);
