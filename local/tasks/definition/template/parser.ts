/** From the text of a template to its tree; unknown functions and actions are refused here, by name. */
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
  node: { body: Node[]; otherwise: Node[] };
  /** `else if` opens one more level that the same `end` closes. */
  chained: boolean;
}

/** @throws TaskFileError with the line of what is wrong. */
export function parseTemplate(source: SourceText, functions: FunctionTable): Node[] {
  const root: Node[] = [];
  const stack: Open[] = [];
  let target = root;

  const open = (kind: Open["kind"], tokens: Token[], line: number, chained: boolean): void => {
    const pipeline = parsePipeline(tokens, { line, range: kind === "range", functions });
    const node = { kind, pipeline, line, body: [] as Node[], otherwise: [] as Node[] };
    target.push(node);
    stack.push({ kind, line, node, chained });
    target = node.body;
  };

  const close = (line: number): void => {
    let top = stack.pop();
    if (!top) throw new TokenError("{{end}} without an action to end", line);
    while (top?.chained) top = stack.pop();
    const outer = stack.at(-1);
    // The outer action is filling its `otherwise` exactly when that is where the closed node went.
    target = outer === undefined ? root : (filling.get(outer) ?? outer.node.body);
  };
  const filling = new Map<Open, Node[]>();

  const otherwise = (tokens: Token[], line: number): void => {
    const top = stack.at(-1);
    if (!top || filling.has(top)) throw new TokenError("unexpected {{else}}", line);
    filling.set(top, top.node.otherwise);
    target = top.node.otherwise;
    const [next, ...rest] = tokens;
    if (!next) return;
    if (next.kind !== "word" || next.text !== top.kind || top.kind === "range")
      throw new TokenError(`unexpected ${next.text} after else`, line);
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
      close(0);
    } else
      target.push({
        kind: "action",
        pipeline: parsePipeline(tokens, { line, range: false, functions }),
        line,
      });
  };

  for (const segment of segmentsOf(source)) {
    if (segment.kind === "text") {
      target.push({ kind: "text", text: segment.text, line: segment.line });
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
