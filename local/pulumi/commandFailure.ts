/** The error of a command that failed, as the command plugin words it. */

/** Lines of a command's output that its failure shows. */
const shownLines = 12;

/** `exit status 1: running "COMMAND":` and then all that the command printed. */
const failure = /(?:exit status \d+|signal: [a-z ]+): running "(?:[^"\\]|\\.)*":\n/;

/**
 * The end of what a failed command printed: the rest has been shown as it came. Any other text as it is, and that of a
 * command which printed nothing.
 */
export function endOfOutput(message: string): string {
  const [wrapper] = failure.exec(message) ?? [];
  if (wrapper === undefined) return message;
  const output = message.slice(message.indexOf(wrapper) + wrapper.length).trimEnd();
  const lines = output.split("\n").filter((line) => line.trim());
  return lines.length > 0 ? lines.slice(-shownLines).join("\n") : message.trimEnd();
}
