/**
 * Renders a template as Go's text/template does for ACR Tasks. Ours, because the libraries on npm either are
 * Mustache-like dialects or run a compiled Go engine of tens of megabytes; what task files use is small, and all else
 * is refused by name when the template is parsed.
 */
import { fault, type SourceText } from "../sourceText";
import { builtins } from "./builtins";
import { callFunction, FunctionError } from "./functions";
import { parseTemplate } from "./parser";
import type { Command, Node, Operand, Pipeline } from "./syntax";
import { isList, isMap, isTrue, type MapValue, sortedEntries, textOf, type Value } from "./values";

/** Variables by name; `$` is the data itself. Inner scopes see, and may set, the outer ones. */
class Scope {
  private readonly own = new Map<string, Value>();
  constructor(private readonly outer?: Scope) {}

  declare(name: string, value: Value): void {
    this.own.set(name, value);
  }
  find(name: string): Value | undefined {
    return this.own.has(name) ? (this.own.get(name) ?? null) : this.outer?.find(name);
  }
  assign(name: string, value: Value): boolean {
    if (!this.own.has(name)) return this.outer?.assign(name, value) ?? false;
    this.own.set(name, value);
    return true;
  }
}

/** Collects output and remembers which line of the file each of its lines came from. */
class Output {
  private text = "";
  private readonly lines: number[] = [];
  constructor(private readonly source: SourceText) {}

  /** `advances`: whether line breaks in the text are line breaks of the template. */
  add(text: string, line: number, advances: boolean): void {
    let at = line;
    for (const [index, part] of text.split("\n").entries()) {
      if (index > 0) {
        this.text += "\n";
        if (advances) at += 1;
        this.lines.push(this.fileLine(at));
      } else if (this.lines.length === 0) this.lines.push(this.fileLine(at));
      this.text += part;
    }
  }
  result(): SourceText {
    return { file: this.source.file, text: this.text, lines: this.lines };
  }
  private fileLine(line: number): number {
    return this.source.lines[line] ?? this.source.lines.at(-1) ?? 1;
  }
}

/** @throws TaskFileError with the line of what cannot be parsed or evaluated. */
export function renderTemplate(source: SourceText, data: MapValue): SourceText {
  const output = new Output(source);

  function fields(base: Value, names: readonly string[], line: number): Value {
    let value = base;
    for (const [index, name] of names.entries()) {
      if (value === null) {
        const missing = names.slice(0, index).map((each) => `.${each}`);
        throw fault(source, line, `${missing.join("")} is not there, so it has no .${name}`);
      }
      if (!isMap(value)) throw fault(source, line, `.${name} is asked of a value without fields`);
      value = value.get(name) ?? null;
    }
    return value;
  }

  function evaluate(operand: Operand, dot: Value, scope: Scope): Value {
    switch (operand.kind) {
      case "literal":
        return operand.value;
      case "dot":
        return dot;
      case "variable": {
        const value = scope.find(operand.name);
        if (value === undefined)
          throw fault(source, operand.line, `variable $${operand.name} was never set`);
        return value;
      }
      case "function":
        return call({ operands: [operand], line: operand.line }, [], dot, scope);
      case "pipeline":
        return pipelineValue(operand.pipeline, dot, scope);
      case "fields":
        return fields(evaluate(operand.base, dot, scope), operand.names, operand.line);
    }
  }

  function call(command: Command, piped: readonly Value[], dot: Value, scope: Scope): Value {
    const [first, ...rest] = command.operands;
    if (first?.kind !== "function") return first ? evaluate(first, dot, scope) : null;
    const found = builtins.get(first.name);
    if (!found) throw fault(source, command.line, `template function "${first.name}" is missing`);
    const values = [...rest.map((operand) => evaluate(operand, dot, scope)), ...piped];
    try {
      return callFunction(first.name, found, values);
    } catch (error) {
      if (error instanceof FunctionError) throw fault(source, command.line, error.message);
      throw error;
    }
  }

  function pipelineValue(pipeline: Pipeline, dot: Value, scope: Scope): Value {
    let value: Value = null;
    for (const [index, command] of pipeline.commands.entries())
      value = call(command, index === 0 ? [] : [value], dot, scope);
    return value;
  }

  function bind(pipeline: Pipeline, value: Value, scope: Scope): void {
    const name = pipeline.variables.at(-1);
    if (name === undefined) return;
    if (!pipeline.assigns) scope.declare(name, value);
    else if (!scope.assign(name, value))
      throw fault(source, pipeline.line, `variable $${name} was never declared; use :=`);
  }

  function loop(
    node: Extract<Node, { kind: "range" | "if" | "with" }>,
    value: Value,
    dot: Value,
    scope: Scope,
  ): void {
    const entries: [Value, Value][] = isList(value)
      ? value.map((entry, index) => [BigInt(index), entry])
      : isMap(value)
        ? sortedEntries(value)
        : [];
    if (value !== null && !isList(value) && !isMap(value))
      throw fault(source, node.line, "range goes over lists and maps");
    for (const [key, entry] of entries) {
      const inner = new Scope(scope);
      const { variables } = node.pipeline;
      if (variables.length === 2) inner.declare(variables[0] ?? "", key);
      if (variables.length > 0) inner.declare(variables.at(-1) ?? "", entry);
      run(node.body, entry, inner);
    }
    if (entries.length === 0) run(node.otherwise, dot, new Scope(scope));
  }

  function run(nodes: readonly Node[], dot: Value, scope: Scope): void {
    for (const node of nodes) {
      if (node.kind === "text") {
        output.add(node.text, node.line, true);
        continue;
      }
      const inner = node.kind === "action" ? scope : new Scope(scope);
      const value = pipelineValue(node.pipeline, dot, scope);
      if (node.kind === "range") loop(node, value, dot, scope);
      else {
        bind(node.pipeline, value, inner);
        if (node.kind !== "action")
          run(
            isTrue(value) ? node.body : node.otherwise,
            node.kind === "with" && isTrue(value) ? value : dot,
            inner,
          );
        else if (node.pipeline.variables.length === 0)
          // What is missing prints as nothing: the real engine deletes Go's "<no value>".
          output.add(value === null ? "" : textOf(value), node.line, false);
      }
    }
  }

  const root = new Scope();
  root.declare("", data);
  run(parseTemplate(source, builtins), data, root);
  return output.result();
}
