/** What preflight prints: one line for each finding, as they come, and how many faults there are. */
import { describe, isReady, summary } from "./finding";
import { lookAtAll } from "./looks";

/** @returns the exit code */
export async function report(
  stack: Parameters<typeof lookAtAll>[0],
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<number> {
  const findings = await lookAtAll(stack, environment, (finding) => print(describe(finding)));
  print(`\n${summary(findings)}`);
  if (isReady(findings)) return 0;
  if (stack.local) print('az needs its variables here: eval "$(npm run --silent local -- env)"');
  return 1;
}
