/**
 * The words of a `cmd`, `build` or `env` text. In Azure a shell of the agent reads these texts, so
 * quotes and backslashes mean what they mean to `/bin/sh`. Here the agent is the user's own machine
 * and no shell runs: what only a shell could do is refused by name. `*`, `?` and `[` stay as they are,
 * which is what a shell does when no file matches.
 */

/** What a shell would have to do; `message` is one line and says the way out. */
export class CommandLineError extends Error {
  override name = "CommandLineError";
}

const wayOut =
  "no shell runs between the task and the container; quote it, or give the command to a shell of the " +
  "container: bash -c '...'";

const refused = (what: string): CommandLineError =>
  new CommandLineError(`${what} is not supported by the local Azure: ${wayOut}`);

const operators = /^(?:&&|\|\||>>|<<|[;|&<>()`])/;
/** A `$` that a shell would expand; any other stays. */
const expansion = /^\$(?:[A-Za-z_]\w*|\{[^}]*\}?|\(|[0-9@*#?$!'"-])/;

function checkExpansion(rest: string, quoted: boolean): void {
  const [found] = expansion.exec(rest) ?? [];
  // `"$"` is a dollar sign before the closing quote.
  if (found !== undefined && !(quoted && found === '$"'))
    throw new CommandLineError(
      `${found.replace(/\($/, "(...)")} is not supported by the local Azure: Azure's agent would ` +
        "expand it, not the container; put it in single quotes: bash -c '...'",
    );
}

/** @throws {CommandLineError} for unfinished quotes and everything that needs a shell. */
export function commandLineWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let position = 0;
  const source = text.trim();

  const quotedPart = (quote: string): string => {
    let content = "";
    for (position += 1; position < source.length; position += 1) {
      const character = source.charAt(position);
      const next = source.charAt(position + 1);
      if (character === quote) return content;
      if (quote === "'") content += character;
      else if (character === "\\" && /[$`"\\\n]/.test(next)) {
        if (next !== "\n") content += next;
        position += 1;
      } else if (character === "`") throw refused("a backquote");
      else {
        checkExpansion(source.slice(position), true);
        content += character;
      }
    }
    throw new CommandLineError(`the quote ${quote} is not closed`);
  };

  for (; position < source.length; position += 1) {
    const character = source.charAt(position);
    const rest = source.slice(position);
    if (character === "\n" || character === "\r")
      throw refused("a line break between words (a new command to a shell; fold the text with >)");
    const [operator] = operators.exec(rest) ?? [];
    if (operator !== undefined) throw refused(`the shell operator ${operator}`);
    if (character === " " || character === "\t") {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (word === undefined && (character === "#" || character === "~"))
      throw refused(`${character} at the start of a word`);
    if (character === "'" || character === '"') word = (word ?? "") + quotedPart(character);
    else if (character === "\\") {
      position += 1;
      const next = source.charAt(position);
      if (next === "") throw new CommandLineError("a backslash stands at the end");
      if (next !== "\n") word = (word ?? "") + next;
    } else {
      checkExpansion(rest, false);
      word = (word ?? "") + character;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
