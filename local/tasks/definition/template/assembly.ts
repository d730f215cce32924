/** From the pieces of a rendering to its text. */
import type { SourceText } from "../sourceText";

/** Text that a template has put out. */
export interface Piece {
  text: string;
  line: number;
  /** Whether line breaks in the text are line breaks of the template. */
  verbatim: boolean;
}

/** What `{{ nil value }}` prints; the engine then deletes it from the whole output. */
export const noValue = "<no value>";

/** Puts the pieces together and keeps count of where each line begins. */
export function assemble(source: SourceText, pieces: readonly Piece[]): SourceText {
  let text = "";
  let isBlank = true;
  const lines: number[] = [];
  for (const piece of pieces) {
    piece.text.split("\n").forEach((part, index) => {
      const line = source.lines[piece.line + (piece.verbatim ? index : 0)] ?? 0;
      if (index > 0) {
        text += "\n";
        lines.push(line);
        isBlank = true;
      }
      // A line belongs to the first piece that puts text on it.
      if (isBlank) lines[Math.max(lines.length - 1, 0)] = line;
      if (part.trim() !== "") isBlank = false;
      text += part;
    });
  }
  return { file: source.file, text: text.replaceAll(noValue, ""), lines };
}
