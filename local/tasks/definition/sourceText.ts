/**
 * A text on its way from the file to the YAML parser. Comments are dropped, aliases cut out and
 * templates rendered, so each line remembers which line of the file it came from.
 */
import { TaskFileError } from "./taskFileError";

export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** For each line of `text`, the line of the file (from 1). */
  readonly lines: readonly number[];
}

/**
 * The error at a line of the text; `line` counts from 0 and is translated to the file's own count.
 */
export function fault(source: SourceText, line: number, cause: string): TaskFileError {
  return new TaskFileError(source.file, cause, source.lines[line] ?? source.lines.at(-1));
}

/** The text of a file as it is. */
export function sourceText(file: string, text: string): SourceText {
  const content = text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");
  return { file, text: content, lines: content.split("\n").map((_, index) => index + 1) };
}

/** Keeps the lines that `keep` accepts. */
export function filterLines(
  source: SourceText,
  keep: (line: string, index: number) => boolean,
): SourceText {
  const kept = source.text
    .split("\n")
    .map((text, index) => ({ text, line: source.lines[index] ?? 0, keep: keep(text, index) }))
    .filter((line) => line.keep);
  return {
    file: source.file,
    text: kept.map((line) => line.text).join("\n"),
    lines: kept.map((line) => line.line),
  };
}

/** The engine drops comment lines before anything else, inside block scalars too. */
export const withoutComments = (source: SourceText): SourceText =>
  filterLines(source, (line) => !/^\s*#/.test(line));
