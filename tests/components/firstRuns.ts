/** First runs among what a program declared. */
import type { Declaration, Declarations, Value } from "./declaration";

/** All of them. */
export const firstRuns = ({ kinds }: Pick<Declarations, "kinds">): Declaration[] =>
  kinds("Command").filter(({ inputs }) => inputs["create"] === "node firstRun.cjs");

/** The variables that the run's script gets. */
export const variablesOf = ({ inputs }: Pick<Declaration, "inputs">): Record<string, Value> =>
  inputs["environment"] as Record<string, Value>;

/** Names of the tasks that run in `after` and did not run so in `before`. */
export const newRuns = (before: Declarations, after: Declarations): string[] =>
  firstRuns(after)
    .filter(({ name, inputs }) => {
      const earlier = firstRuns(before).find((one) => one.name === name);
      return JSON.stringify(earlier?.inputs) !== JSON.stringify(inputs);
    })
    .map(({ name }) => name.replace(/-first-run$/, ""))
    .sort();
