/** `npm run bench -- --scale`: how time and memory grow with the number of apps. */
import { join } from "node:path";
import type { Progress } from "@gated-imports/local/setup/progress.cjs";
import { checkoutFolder } from "../../cli/checkout";
import { toolsOf } from "../../daemon/tools";
import { measureCompany, type CompanyMeasures } from "./company";

export const scaleSizes = [1, 10, 50];

/** Measures each size once per round. */
export async function measureScale({
  runs,
  progress,
  signal,
}: {
  runs: number;
  progress: Progress;
  signal: AbortSignal;
}): Promise<CompanyMeasures[][]> {
  const programDir = checkoutFolder();
  const stateDir = join(programDir, ".local", "bench-scale");
  const { pulumi: pulumiBinary } = toolsOf(process.env);
  const rounds: CompanyMeasures[][] = [];
  for (let index = 0; index < runs; index++) {
    progress.note(`Round ${index + 1} of ${runs}`);
    const round: CompanyMeasures[] = [];
    for (const apps of scaleSizes)
      round.push(
        await measureCompany({ apps, stateDir, programDir, pulumiBinary, progress, signal }),
      );
    rounds.push(round);
  }
  return rounds;
}
