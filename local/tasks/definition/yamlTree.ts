/** YAML 1.1, as the engine's parser reads it, as a tree in which every value knows its line. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document, Node } from "yaml";
import { fault, type SourceText } from "./sourceText";

export type YamlValue = YamlMap | YamlList | YamlScalar;

export interface YamlMap {
  kind: "map";
  /** Line in the source text, from 0. */
  line: number;
  /** The last one of a key that is there twice, as in the engine. */
  entries: ReadonlyMap<string, YamlEntry>;
}

export interface YamlEntry {
  /** Line of the key, from 0. */
  line: number;
  value: YamlValue;
}

export interface YamlList {
  kind: "list";
  line: number;
  items: readonly YamlValue[];
}

export interface YamlScalar {
  kind: "scalar";
  line: number;
  value: string | number | bigint | boolean | null;
  /** The characters that stand in the file, without quotes. */
  text: string;
}

/** @throws TaskFileError with the line for a text that is not YAML. An empty text is a null. */
export function parseYaml(source: SourceText): YamlValue {
  const lineCounter = new LineCounter();
  const document = parseDocument(source.text, {
    version: "1.1",
    uniqueKeys: false,
    lineCounter,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [error] = document.errors;
  if (error) {
    const line = lineCounter.linePos(error.pos[0]).line - 1;
    throw fault(source, line, `not valid YAML: ${error.message}`);
  }
  const lineOf = (node: Node): number =>
    node.range ? lineCounter.linePos(node.range[0]).line - 1 : 0;
  if (!document.contents) return { kind: "scalar", line: 0, value: null, text: "" };
  return treeOf(document.contents, { source, document, lineOf, depth: 0 });
}

interface Context {
  source: SourceText;
  document: Document.Parsed;
  lineOf: (node: Node) => number;
  depth: number;
}

/** Aliases can nest; a task file never needs more levels than this. */
const deepest = 50;

function treeOf(node: Node | null, context: Context): YamlValue {
  if (node === null) return { kind: "scalar", line: 0, value: null, text: "" };
  const { source, document, lineOf } = context;
  const line = lineOf(node);
  if (context.depth > deepest) throw fault(source, line, "YAML is nested too deeply");
  const deeper = { ...context, depth: context.depth + 1 };
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (!target) throw fault(source, line, `YAML anchor *${node.source} does not exist`);
    return { ...treeOf(target, deeper), line };
  }
  if (isSeq(node))
    return {
      kind: "list",
      line,
      items: node.items.map((item) => treeOf(item as Node | null, deeper)),
    };
  if (isMap(node)) {
    const entries = node.items.map((pair): [string, YamlEntry] => {
      const key = pair.key as Node;
      const keyLine = lineOf(key);
      if (!isScalar(key)) throw fault(source, keyLine, "a YAML key must be plain text");
      const value = pair.value as Node | null;
      const tree = value
        ? treeOf(value, deeper)
        : ({ kind: "scalar", line: keyLine, value: null, text: "" } as const);
      return [key.source ?? String(key.value), { line: keyLine, value: tree }];
    });
    return { kind: "map", line, entries: new Map(entries) };
  }
  if (!isScalar(node)) throw fault(source, line, "unexpected YAML");
  const value = node.value as YamlScalar["value"];
  return { kind: "scalar", line, value, text: node.source ?? String(value ?? "") };
}
