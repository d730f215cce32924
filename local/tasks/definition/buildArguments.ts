/** Takes the text of a `build:` step apart, as ACR's scanner does; lets known options through. */
import { posix } from "node:path";
import { CommandLineError, splitCommand } from "./commandLine";
import type { BuildArguments } from "./types";

const withValue = new Set([
  "-t",
  "--tag",
  "-f",
  "--file",
  "--build-arg",
  "--target",
  "--label",
  "--add-host",
]);
const alone = new Set(["--no-cache", "--pull", "--squash", "--rm", "--force-rm", "-q", "--quiet"]);

function checkContext(context: string): void {
  const isRemote =
    /^(https?:|git:|oci:|git@)/.test(context) ||
    context.startsWith("github.com/") ||
    /\.git(#|$)/.test(context);
  if (isRemote || context === "-")
    throw new CommandLineError(
      `the build context "${context}" is not supported by the local Azure; give a folder instead`,
    );
}

/** @throws {CommandLineError} naming an option or context that is not supported. */
export function buildArgumentsOf(text: string): BuildArguments {
  const words = splitCommand(text);
  const values = new Map<string, string[]>();
  const positional: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      positional.push(word);
      continue;
    }
    const [name = word] = word.split("=");
    if (alone.has(word)) continue;
    if (!withValue.has(name))
      throw new CommandLineError(`the build option ${name} is not supported by the local Azure`);
    // Docker would take it and ACR's scanner not see it: the path could lead anywhere unchecked.
    if (word.startsWith("--file=") || word.startsWith("-f="))
      throw new CommandLineError(`ACR does not see ${word}; write ${name} and the path apart`);
    if (word.includes("=")) continue;
    const value = words[index + 1];
    if (value === undefined) throw new CommandLineError(`the build option ${name} has no value`);
    values.set(name, [...(values.get(name) ?? []), value]);
    index += 1;
  }
  const [context = ".", ...more] = positional;
  if (more.length > 0)
    throw new CommandLineError(`a build has one context, not ${positional.join(", ")}`);
  checkContext(context);
  const all = (...names: string[]): string[] => names.flatMap((name) => values.get(name) ?? []);
  const file = all("-f", "--file").at(-1);
  const target = all("--target").at(-1);
  const buildArgs = all("--build-arg");
  const bare = buildArgs.find((each) => !each.includes("="));
  if (bare !== undefined)
    throw new CommandLineError(`--build-arg ${bare} has no value; write ${bare}=VALUE`);
  return {
    words: positional.length > 0 ? words : [...words, "."],
    tags: all("-t", "--tag"),
    buildArgs,
    ...(target === undefined ? {} : { target }),
    context,
    dockerfile: file ?? posix.join(context, "Dockerfile"),
  };
}
