/**
 * Splits a command into words as /bin/sh does. ACR gives commands to a shell on the agent; we run
 * none on the user's machine, so whatever would need one is refused by name.
 */
import type { MapReader } from "./yamlReader";

/** Why a command cannot be split; the caller adds the place. */
export class CommandLineError extends Error {
  override name = "CommandLineError";
}

const refuse = (what: string): CommandLineError =>
  new CommandLineError(
    `the shell's ${what} is not supported by the local Azure; write it inside bash -c '...'`,
  );

function checkDollar(text: string, at: number): void {
  const next = text.charAt(at + 1);
  if (next === "(") throw refuse("$(...)");
  // Its name stays untold: a secret with a $ in it would be told too.
  if (/[A-Za-z_0-9{?*@#$!-]/.test(next)) throw refuse("$variable");
}

/** Words with quotes and backslashes resolved. @throws {CommandLineError} */
export function splitCommand(command: string): string[] {
  const text = command.trimStart();
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote === "'") {
      if (character === "'") quote = "";
      else word = `${word ?? ""}${character}`;
      continue;
    }
    if (character === "`") throw refuse("`...`");
    if (character === "$") checkDollar(text, at);
    if (character === "\\") {
      const next = text.charAt(at + 1);
      const kept = quote === '"' && !'$`"\\\n'.includes(next) ? "\\" : "";
      if (next !== "\n") word = `${word ?? ""}${kept}${next || "\\"}`;
      at += 1;
    } else if (quote === '"') {
      if (character === '"') quote = "";
      else word = `${word ?? ""}${character}`;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (character === "\n") {
      // A folded block of YAML ends in a line break that separates nothing.
      if (text.slice(at).trim() !== "") throw refuse("line break between commands");
      break;
    } else if (character === " " || character === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (";|&<>()".includes(character)) throw refuse(character);
    else if (character === "#" && word === undefined) throw refuse("# comment");
    else if (character === "~" && word === undefined) throw refuse("~");
    else word = `${word ?? ""}${character}`;
  }
  if (quote !== "") throw new CommandLineError(`the quote ${quote} is not closed`);
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * Runs a parser of shell text for `key` of a mapping.
 * @throws TaskFileError with the key's line in place of a `CommandLineError`.
 */
export function placed<T>(reader: MapReader, key: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof CommandLineError ? reader.fault(key, error.message) : error;
  }
}

/** The words of `text`, which stands under `key`. @throws TaskFileError */
export const shellWordsOf = (reader: MapReader, key: string, text: string): string[] =>
  placed(reader, key, () => splitCommand(text));
