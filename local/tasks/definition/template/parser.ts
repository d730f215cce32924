/**
 * From the text of a template to its tree; unknown functions and actions are refused here, by name.
 */
import { fault, type SourceText } from "../sourceText";
import type { FunctionTable } from "./functions";
import { segmentsOf } from "./segments";
import type { Node } from "./syntax";
import { parsePipeline } from "./pipelineParser";
import { TokenError, tokensOf, type Token } from "./tokens";

/** Actions of Go's templates that this engine leaves out. */
const unsupportedActions = new Set(["define", "template", "block", "break", "continue"]);

interface Open {
  kind: "if" | "with" | "range";
  line: number;
  /** Where the nodes go: the body, after `else` the alternative. */
  target: Node[];
  otherwise: Node[];
  /** `else if` opens one more level that the same `end` closes. */
  chained: boolean;
}

/** @throws TaskFileError with the line of what is wrong. */
export function parseTemplate(source: SourceText, functions: FunctionTable): Node[] {
  const root: Node[] = [];
  const stack: Open[] = [];
  const target = (): Node[] => stack.at(-1)?.target ?? root;

  const open = (kind: Open["kind"], tokens: Token[], line: number, chained: boolean): void => {
    if (tokens.length === 0) throw new TokenError(`{{${kind}}} has no condition`, 0);
    const pipeline = parsePipeline(tokens, { line, range: kind === "range", functions });
    const body: Node[] = [];
    const otherwise: Node[] = [];
    target().push({ kind, pipeline, line, body, otherwise });
    stack.push({ kind, line, target: body, otherwise, chained });
  };

  const close = (): void => {
    let closed = stack.pop();
    if (!closed) throw new TokenError("unexpected {{end}}", 0);
    while (closed?.chained) closed = stack.pop();
  };

  const otherwise = (tokens: Token[], line: number): void => {
    const top = stack.at(-1);
    if (!top || top.target === top.otherwise) throw new TokenError("unexpected {{else}}", 0);
    top.target = top.otherwise;
    const [next, ...rest] = tokens;
    if (!next) return;
    if (next.kind !== "word" || next.text !== top.kind || top.kind === "range")
      throw new TokenError(`unexpected ${next.text} after else`, 0);
    open(top.kind, rest, line, true);
  };

  const action = (text: string, line: number): void => {
    const tokens = tokensOf(text);
    const [first, ...rest] = tokens;
    if (!first) throw new TokenError("empty template action", 0);
    const word = first.kind === "word" ? first.text : "";
    if (unsupportedActions.has(word))
      throw new TokenError(`template action "${word}" is not supported by the local Azure`, 0);
    if (word === "if" || word === "with" || word === "range") open(word, rest, line, false);
    else if (word === "else") otherwise(rest, line);
    else if (word === "end") {
      if (rest.length > 0) throw new TokenError("unexpected words after end", 0);
      close();
    } else
      target().push({
        kind: "action",
        pipeline: parsePipeline(tokens, { line, range: false, functions }),
        line,
      });
  };

  for (const segment of segmentsOf(source)) {
    if (segment.kind === "text") {
      target().push({ kind: "text", text: segment.text, line: segment.line });
      continue;
    }
    try {
      action(segment.text, segment.line);
    } catch (error) {
      if (error instanceof TokenError)
        throw fault(source, segment.line + error.line, error.message);
      throw error;
    }
  }
  const unclosed = stack.findLast((entry) => !entry.chained);
  if (unclosed) throw fault(source, unclosed.line, `{{${unclosed.kind}}} has no {{end}}`);
  return root;
}
