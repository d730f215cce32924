/**
 * Our engine for Go's text/template as ACR Tasks uses it. It is ours because we found none on npm
 * to build on: one calls itself basic and knows no sprig, the other has no licence. A task file
 * must either mean here what it means in Azure or be refused with a line, so every action and
 * function that is missing is an error by name.
 */
import { fault, type SourceText } from "../sourceText";
import { assemble, noValue, type Piece } from "./assembly";
import { callFunction, FunctionError } from "./functions";
import { parseTemplate } from "./parser";
import { standardFunctions } from "./standardFunctions";
import type { Command, Node, Operand, Pipeline } from "./syntax";
import { isList, isMap, isTrue, sortedEntries, textOf, typeName } from "./values";
import type { MapValue, Value } from "./values";

/** Variables in scope: name to value, innermost last. */
type Scope = { name: string; value: Value }[];

/**
 * Renders the template. Each line of the result knows its line in the file.
 * @throws TaskFileError
 */
export function renderTemplate(source: SourceText, data: MapValue): SourceText {
  const nodes = parseTemplate(source, standardFunctions);
  const pieces: Piece[] = [];
  renderNodes(nodes, data, [{ name: "", value: data }]);
  return assemble(source, pieces);

  function renderNodes(list: readonly Node[], dot: Value, scope: Scope): void {
    const depth = scope.length;
    for (const node of list) renderNode(node, dot, scope);
    scope.length = depth;
  }

  function renderNode(node: Node, dot: Value, scope: Scope): void {
    if (node.kind === "text") {
      pieces.push({ text: node.text, line: node.line, verbatim: true });
      return;
    }
    const depth = scope.length;
    const value = evaluate(node.pipeline, dot, scope);
    if (node.kind === "action") {
      if (node.pipeline.variables.length === 0)
        pieces.push({
          text: value === null ? noValue : textOf(value),
          line: node.line,
          verbatim: false,
        });
      return;
    }
    if (node.kind === "range") renderRange(node, value, dot, scope);
    else if (!isTrue(value)) renderNodes(node.otherwise, dot, scope);
    else renderNodes(node.body, node.kind === "with" ? value : dot, scope);
    scope.length = depth;
  }

  function renderRange(
    node: Extract<Node, { kind: "range" | "if" | "with" }>,
    value: Value,
    dot: Value,
    scope: Scope,
  ): void {
    if (value !== null && !isList(value) && !isMap(value))
      throw fault(source, node.line, `range cannot go over a ${typeName(value)}`);
    const entries: (readonly [Value, Value])[] =
      value === null
        ? []
        : isMap(value)
          ? sortedEntries(value)
          : value.map((entry, index) => [BigInt(index), entry] as const);
    if (entries.length === 0) renderNodes(node.otherwise, dot, scope);
    const names = node.pipeline.variables;
    const depth = scope.length;
    for (const [key, entry] of entries) {
      const values = names.length === 2 ? [key, entry] : [entry];
      names.forEach((name, index) =>
        setVariable(scope, { name, value: values[index] ?? null }, node.pipeline),
      );
      renderNodes(node.body, entry, scope);
      scope.length = depth;
    }
  }

  function setVariable(scope: Scope, variable: Scope[number], pipeline: Pipeline): void {
    if (!pipeline.assigns) {
      scope.push(variable);
      return;
    }
    const found = scope.findLast(({ name }) => name === variable.name);
    if (!found)
      throw fault(source, pipeline.line, `template variable $${variable.name} is not set`);
    found.value = variable.value;
  }

  function evaluate(pipeline: Pipeline, dot: Value, scope: Scope): Value {
    let value: Value = null;
    pipeline.commands.forEach((command, index) => {
      value = evaluateCommand(command, index === 0 ? [] : [value], { dot, scope });
    });
    // `range` sets its variables once per entry.
    const [name, second] = pipeline.variables;
    if (name !== undefined && second === undefined) setVariable(scope, { name, value }, pipeline);
    return value;
  }

  interface Context {
    dot: Value;
    scope: Scope;
  }

  function evaluateCommand(command: Command, piped: Value[], context: Context): Value {
    const [first, ...rest] = command.operands;
    if (first?.kind !== "function") return first ? operandValue(first, context) : null;
    if (first.name === "and" || first.name === "or")
      return firstDeciding(first, rest, piped, context);
    const values = [...rest.map((operand) => operandValue(operand, context)), ...piped];
    return call(first.name, values, first.line);
  }

  /** `and` and `or` look at no more arguments than they need. */
  function firstDeciding(
    found: { name: string; line: number },
    operands: readonly Operand[],
    piped: Value[],
    context: Context,
  ): Value {
    if (operands.length + piped.length === 0)
      throw fault(
        source,
        found.line,
        `template function "${found.name}" takes at least 1 arguments`,
      );
    let value: Value = null;
    for (const operand of operands) {
      value = operandValue(operand, context);
      if (isTrue(value) === (found.name === "or")) return value;
    }
    return piped.length > 0 ? (piped[0] ?? null) : value;
  }

  function call(name: string, values: Value[], line: number): Value {
    const found = standardFunctions.get(name);
    if (!found) throw fault(source, line, `template function "${name}" does not exist`);
    try {
      return callFunction(name, found, values);
    } catch (error) {
      if (error instanceof FunctionError)
        throw fault(source, line, `template function ${error.message}`);
      throw error;
    }
  }

  function operandValue(operand: Operand, context: Context): Value {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "dot":
        return context.dot;
      case "variable": {
        const found = context.scope.findLast(({ name }) => name === operand.name);
        if (!found)
          throw fault(source, operand.line, `template variable $${operand.name} is not set`);
        return found.value;
      }
      case "function":
        return call(operand.name, [], operand.line);
      case "pipeline":
        return evaluate(operand.pipeline, context.dot, context.scope);
      case "fields":
        return fieldValue(operand, operandValue(operand.base, context));
    }
  }

  function fieldValue(operand: Extract<Operand, { kind: "fields" }>, base: Value): Value {
    return operand.names.reduce<Value>((value, name, index) => {
      if (isMap(value)) return value.get(name) ?? null;
      const path = operand.names.slice(0, index).map((part) => `.${part}`);
      const what = value === null ? "nothing" : `a ${typeName(value)}`;
      throw fault(
        source,
        operand.line,
        `template cannot take .${name} of ${path.join("") || "."}, which is ${what}`,
      );
    }, base);
  }
}
