/** The command line, checked. */
import { parseArgs } from "node:util";
import {
  commandTexts,
  options,
  type CommandName,
  type CommandText,
  type OptionName,
} from "./usage";

/** The command line is wrong; exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface Invocation {
  command: CommandName;
  operands: string[];
  state: string | undefined;
  policyConfig: string | undefined;
  /** Boolean options that were given. */
  given: ReadonlySet<OptionName>;
}

export type Parsed = Invocation | { help: CommandName | undefined };

const isCommand = (name: string): name is CommandName => Object.hasOwn(commandTexts, name);

/** @throws {UsageError} */
export function parseCommandLine(argv: readonly string[]): Parsed {
  const { values, positionals } = parse(argv);
  const [name, ...operands] = positionals[0] === "help" ? positionals.slice(1) : positionals;
  if (name !== undefined && !isCommand(name))
    throw new UsageError(
      `there is no command ${name}; the commands are ${Object.keys(commandTexts).join(", ")}`,
    );
  if (values["help"] || positionals[0] === "help") return { help: name };
  if (name === undefined) throw new UsageError("say which command; see npm run local -- --help");

  const text: CommandText = commandTexts[name];
  const given = Object.keys(values) as OptionName[];
  const foreign = given.find((option) => !text.options.includes(option));
  if (foreign) throw new UsageError(`${name} has no option --${foreign}`);
  if (operands.length > (text.maxOperands ?? 0))
    throw new UsageError(`${name} does not take "${operands.at(-1)}"`);
  if (values["state"] === "") throw new UsageError("--state needs a folder");
  if (values["policy-config"] === "") throw new UsageError("--policy-config needs a file");
  return {
    command: name,
    operands,
    state: values["state"] as string | undefined,
    policyConfig: values["policy-config"] as string | undefined,
    given: new Set(given.filter((option) => options[option].type === "boolean")),
  };
}

function parse(argv: readonly string[]) {
  const known = Object.entries(options).map(([name, { type, short }]) => [
    name,
    { type, ...(short ? { short } : {}) },
  ]);
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: Object.fromEntries(known) as Record<string, { type: "string" | "boolean" }>,
    });
  } catch (error) {
    const [first = ""] = (error as Error).message.split(/\. /, 1);
    throw new UsageError(`${first}; see npm run local -- --help`);
  }
}
