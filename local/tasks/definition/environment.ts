/** The `env:` of a task file and of its steps. */
import { shellWordsOf } from "./commandLine";
import type { MapReader } from "./yamlReader";

/** ACR does not quote the entries for the agent's shell, so each is one word of a command. */
function variableOf(reader: MapReader, entry: string, reason: string): string {
  const [variable = "", ...more] = shellWordsOf(reader, "env", entry);
  if (more.length > 0 || !/^[^=\s]+=/.test(variable))
    throw reader.fault("env", `"${entry}" is not NAME=value; ${reason}`);
  return variable;
}

/** Entries are split at commas first, as the engine does. @throws TaskFileError */
export const taskVariablesOf = (root: MapReader): string[] =>
  (root.texts("env") ?? [])
    .flatMap((each) => each.split(","))
    .map((each) => variableOf(root, each, "a value of the task cannot hold a comma or a blank"));

/** The step's own entries, then those of the task that it does not set. @throws TaskFileError */
export function stepVariablesOf(step: MapReader, ofTask: readonly string[]): string[] {
  const reason = "put quotes around a value with blanks";
  const own = (step.texts("env") ?? []).map((each) => variableOf(step, each, reason));
  const nameOf = (variable: string): string => variable.slice(0, variable.indexOf("="));
  const names = new Set(own.map(nameOf));
  return [...own, ...ofTask.filter((each) => !names.has(nameOf(each)))];
}
