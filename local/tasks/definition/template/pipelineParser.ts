/** Parses what stands inside one action: `$x := .A | f "b" (g .C)`. */
import { type FunctionTable, unknownFunction } from "./functions";
import type { Command, Operand, Pipeline } from "./syntax";
import { TokenError, type Token } from "./tokens";

export interface PipelineContext {
  /** Line of the action in the template, from 0. */
  line: number;
  /** Whether two variables may be declared. */
  range: boolean;
  functions: FunctionTable;
}

/** @throws {TokenError} with a line relative to the action. */
export function parsePipeline(tokens: readonly Token[], context: PipelineContext): Pipeline {
  let position = 0;
  const peek = (ahead = 0): Token | undefined => tokens[position + ahead];
  const isSign = (text: string, ahead = 0): boolean =>
    peek(ahead)?.kind === "sign" && peek(ahead)?.text === text;
  const fail = (message: string): TokenError =>
    new TokenError(message, (peek() ?? tokens.at(-1))?.line ?? 0);

  function declaration(): { variables: string[]; assigns: boolean } {
    const first = peek();
    if (first?.kind !== "variable") return { variables: [], assigns: false };
    const two = context.range && isSign(",", 1) && peek(2)?.kind === "variable";
    const sign = two ? 3 : 1;
    if (!isSign(":=", sign) && !isSign("=", sign)) return { variables: [], assigns: false };
    const variables = two ? [first.text, peek(2)?.text ?? ""] : [first.text];
    if (variables.includes("")) throw fail("$ itself cannot be set");
    const assigns = isSign("=", sign);
    position += sign + 1;
    return { variables, assigns };
  }

  function operand(): Operand | undefined {
    const token = peek();
    if (!token) return undefined;
    const line = context.line + token.line;
    let base: Operand;
    if (isSign("(")) {
      position += 1;
      const pipeline = commands({ variables: [], assigns: false });
      if (!isSign(")")) throw fail("( is not closed");
      base = { kind: "pipeline", pipeline };
    } else if (token.kind === "literal") base = { kind: "literal", value: token.value ?? null };
    else if (token.kind === "dot") base = { kind: "dot" };
    else if (token.kind === "variable") base = { kind: "variable", name: token.text, line };
    else if (token.kind === "field")
      base = { kind: "fields", base: { kind: "dot" }, names: [token.text], line };
    else if (token.kind === "word") base = word(token, line);
    else return undefined;
    position += 1;
    const names: string[] = [];
    for (let next = peek(); next?.kind === "field" && !next.spaced; next = peek()) {
      names.push(next.text);
      position += 1;
    }
    if (names.length === 0) return base;
    if (base.kind === "literal" || base.kind === "function")
      throw fail(`unexpected .${names[0]} after ${token.text}`);
    return base.kind === "fields"
      ? { ...base, names: [...base.names, ...names] }
      : { kind: "fields", base, names, line };
  }

  function word(token: Token, line: number): Operand {
    if (token.text === "true" || token.text === "false")
      return { kind: "literal", value: token.text === "true" };
    if (token.text === "nil") return { kind: "literal", value: null };
    if (!context.functions.has(token.text)) throw fail(unknownFunction(token.text));
    return { kind: "function", name: token.text, line };
  }

  function command(): Command {
    const operands: Operand[] = [];
    for (let next = operand(); next; next = operand()) {
      const following = peek();
      if (following && !following.spaced && (following.kind !== "sign" || isSign("(")))
        throw fail(`a blank is missing before ${following.text}`);
      operands.push(next);
    }
    if (operands.length === 0) throw fail("a value is missing in a template action");
    const [first] = operands;
    if (first?.kind === "literal" && first.value === null) throw fail("nil is not a command");
    if (operands.length > 1 && first?.kind !== "function")
      throw fail("only a function can take arguments");
    return { operands };
  }

  function commands(declared: { variables: string[]; assigns: boolean }): Pipeline {
    const line = context.line + (peek()?.line ?? 0);
    const list = [command()];
    while (isSign("|")) {
      position += 1;
      const next = command();
      if (next.operands[0]?.kind !== "function") throw fail("only a function can follow |");
      list.push(next);
    }
    return { ...declared, commands: list, line };
  }

  const pipeline = commands(declaration());
  const rest = peek();
  if (rest) throw fail(`unexpected ${rest.text} in a template action`);
  return pipeline;
}
