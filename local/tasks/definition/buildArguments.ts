/** The text of a `build:` step: which options are passed on, and what ACR's dependency scan reads from it. */
import { posix } from "node:path";
import { commandLineWords, CommandLineError } from "./commandLine";
import type { BuildArguments } from "./types";

const withValue = new Set(
  `-t --tag -f --file --build-arg --target --label --platform --network --shm-size --ulimit --add-host
  --cpu-shares --cpu-period --cpu-quota --cpuset-cpus --cpuset-mems -m --memory --memory-swap`.split(/\s+/),
);
const withoutValue = new Set(
  "--no-cache --pull --quiet -q --rm --force-rm --squash --compress".split(" "),
);

const refuse = (what: string): CommandLineError =>
  new CommandLineError(`${what} is not supported by the local Azure`);

/** What docker takes for the context; checks every option on the way. */
function dockerContext(words: readonly string[]): string {
  const positional: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? "";
    if (!word.startsWith("-") || word === "-") {
      positional.push(word);
      continue;
    }
    const [option = "", value] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
    if (withoutValue.has(option)) {
      if (value !== undefined && value !== "true" && value !== "false")
        throw new CommandLineError(`build option ${option} is true or false`);
      continue;
    }
    if (!withValue.has(option)) throw refuse(`build option ${option}`);
    if (value !== undefined) continue;
    index += 1;
    if (words[index] === undefined)
      throw new CommandLineError(`build option ${option} has no value`);
  }
  const [context, second] = positional;
  if (context === undefined)
    throw new CommandLineError("the build has no context; add a folder at the end, usually .");
  if (second !== undefined)
    throw new CommandLineError(`the build has more than one context: ${positional.join(", ")}`);
  return context;
}

function isRemote(context: string): boolean {
  return /^(?:https?|git|oci):\/\/|^git@|^github\.com\//.test(context) || /\.git(?:#|$)/.test(context);
}

const followers = (words: readonly string[], ...options: string[]): string[] =>
  words.flatMap((word, index) => {
    const value = words[index + 1];
    return options.includes(word) && value !== undefined ? [value] : [];
  });

/**
 * Takes a build text apart. `words` goes to docker; the rest is the view of ACR's scanner, which does not
 * know the forms with `=` and takes a word behind any option for its value.
 * @throws {CommandLineError}
 */
export function buildArgumentsOf(text: string): BuildArguments {
  const words = commandLineWords(text);
  const docker = dockerContext(words);
  if (docker === "-") throw refuse("a build context from standard input (-)");
  if (isRemote(docker)) throw refuse("a remote build context; clone it in a step before, it");
  const buildArgs = followers(words, "--build-arg");
  const bare = buildArgs.find((argument) => !argument.includes("="));
  if (bare !== undefined)
    throw new CommandLineError(`--build-arg ${bare} has no value; write --build-arg ${bare}=VALUE`);
  const target = followers(words, "--target").at(-1);
  const context =
    words.findLast((word, index) => !word.startsWith("-") && !words[index - 1]?.startsWith("-")) ??
    ".";
  const file = followers(words, "-f", "--file").at(-1);
  return {
    words,
    tags: followers(words, "-t", "--tag"),
    buildArgs,
    ...(target === undefined ? {} : { target }),
    context,
    dockerfile: posix.normalize(file ?? posix.join(context, "Dockerfile")),
  };
}
