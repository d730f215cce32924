/** Splits a template into plain text and the actions between `{{` and `}}`. */
import { fault, type SourceText } from "../sourceText";

export interface Segment {
  kind: "text" | "action";
  /** Text to print, or what stands between the delimiters. */
  text: string;
  /** Line of the first character, from 0. */
  line: number;
}

const comment = /^\/\*[\s\S]*?\*\/$/;
/** Strings hide a closing delimiter; an unfinished one runs to the end and is reported there. */
const actionPart = /"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\}\}/g;

const countLines = (text: string): number => text.split("\n").length - 1;

function actionEnd(source: SourceText, start: number, line: number): number {
  actionPart.lastIndex = start;
  for (let found = actionPart.exec(source.text); found; found = actionPart.exec(source.text))
    if (found[0] === "}}") return found.index;
  throw fault(source, line, "template action {{ is not closed with }}");
}

/** Comments are gone and the trim markers `{{-` and `-}}` have done their work. */
export function segmentsOf(source: SourceText): Segment[] {
  const segments: Segment[] = [];
  let position = 0;
  let line = 0;
  let trimNext = false;

  const addText = (text: string, trimEnd: boolean): void => {
    let kept = text;
    if (trimNext) kept = kept.replace(/^[ \t\r\n]+/, "");
    // Lines lost at the start still count.
    const skipped = countLines(text.slice(0, text.length - kept.length));
    if (trimEnd) kept = kept.replace(/[ \t\r\n]+$/, "");
    if (kept !== "") segments.push({ kind: "text", text: kept, line: line + skipped });
    line += countLines(text);
  };

  for (;;) {
    const open = source.text.indexOf("{{", position);
    if (open < 0) break;
    const trimBefore = /^\{\{-\s/.test(source.text.slice(open, open + 4));
    addText(source.text.slice(position, open), trimBefore);
    const start = open + (trimBefore ? 3 : 2);
    const end = actionEnd(source, start, line);
    let inner = source.text.slice(start, end);
    const trimAfter = /\s-$/.test(inner);
    if (trimAfter) inner = inner.slice(0, -1);
    const body = trimBefore ? inner.trimStart() : inner;
    if (!comment.test(trimAfter ? body.trimEnd() : body))
      segments.push({ kind: "action", text: inner, line });
    line += countLines(source.text.slice(open, end));
    trimNext = trimAfter;
    position = end + 2;
  }
  addText(source.text.slice(position), false);
  return segments;
}
