/**
 * Reads a YAML mapping key by key: known keys with their types, all else refused by name and line.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Node, YAMLMap } from "yaml";
import { fault, type SourceText } from "./sourceText";
import type { TaskFileError } from "./taskFileError";

/** A mapping whose keys are read by type; `what` names it in messages, e.g. `step "build"`. */
export interface MapReader {
  readonly what: string;
  /** Line of the file. */
  readonly line: number;
  has(key: string): boolean;
  text(key: string): string | undefined;
  /** A whole number, at least `least` and at most two millions. */
  whole(key: string, least?: number): number | undefined;
  flag(key: string): boolean | undefined;
  texts(key: string): string[] | undefined;
  maps(key: string): MapReader[] | undefined;
  map(key: string): MapReader | undefined;
  keys(): string[];
  fault(key: string | undefined, cause: string): TaskFileError;
  /** Refuses keys that are not in `known`; `reasons` says more of some of them. */
  allow(known: readonly string[], reasons?: Readonly<Record<string, string>>): void;
  /** The same mapping under a better name. */
  named(what: string): MapReader;
}

/** Numbers are seconds and counts: a timer cannot wait for more, and nobody needs more. */
const mostWhole = 2_000_000;

/** `undefined` for an empty file. @throws TaskFileError for text that is no YAML mapping. */
export function readYaml(source: SourceText): MapReader | undefined {
  const counter = new LineCounter();
  const document = parseDocument(source.text, {
    version: "1.1",
    uniqueKeys: false,
    lineCounter: counter,
  });
  const lineAt = (offset: number): number => Math.max(0, counter.linePos(offset).line - 1);
  const [error] = document.errors;
  if (error) {
    // What follows a colon quotes the text, which may hold a secret by now.
    const cause = error.message.replace(/( at line \d+, column \d+)?(?<! ):\s[\s\S]*$/, "");
    throw fault(source, lineAt(error.pos[0]), `not valid YAML: ${cause}`);
  }
  visit(document, {
    Alias(_, { range }) {
      // Its name stays untold: it may be a piece of a secret.
      const cause = "a YAML alias (*name) is not supported by the local Azure; repeat its value";
      throw fault(source, lineAt(range?.[0] ?? 0), cause);
    },
  });
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return undefined;
  if (!isMap(contents)) throw fault(source, 0, "a task file is a mapping with version and steps");
  return mapReader(contents, "the task file");

  function mapReader(map: YAMLMap, what: string): MapReader {
    const keyText = (key: unknown): string => (isScalar(key) ? String(key.value) : "");
    const offset = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;
    // The last of equal keys wins.
    const find = (key: string): unknown =>
      map.items.findLast((each) => keyText(each.key) === key)?.value;
    const lineOf = (key?: string): number => {
      const item = map.items.findLast((each) => keyText(each.key) === key);
      return lineAt(item ? offset(item.key) : (map.range?.[0] ?? 0));
    };
    const fail = (key: string | undefined, cause: string): TaskFileError =>
      fault(source, lineOf(key), `${what}: ${cause}`);

    function scalar(key: string, node: unknown): string | undefined {
      if (node === undefined || node === null) return undefined;
      if (!isScalar(node)) throw fail(key, `"${key}" must be text, not a list or mapping`);
      if (node.value === null) return undefined;
      return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
    }
    function sequence(key: string): unknown[] | undefined {
      const node = find(key);
      if (node === undefined || node === null || (isScalar(node) && node.value === null))
        return undefined;
      if (!isSeq(node)) throw fail(key, `"${key}" must be a list`);
      return node.items;
    }

    const reader: MapReader = {
      what,
      line: source.lines[lineOf()] ?? 1,
      has: (key) => find(key) !== undefined,
      text: (key) => scalar(key, find(key)),
      whole(key, least = Number.MIN_SAFE_INTEGER) {
        const node = find(key);
        if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
        const value = isScalar(node) ? node.value : undefined;
        if (typeof value !== "number" || !Number.isInteger(value))
          throw fail(key, `"${key}" must be a whole number`);
        if (value < least) throw fail(key, `"${key}" must be ${least} or more, not ${value}`);
        if (value > mostWhole) throw fail(key, `"${key}" must be ${mostWhole} or less`);
        return value;
      },
      flag(key) {
        const node = find(key);
        if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
        const value = isScalar(node) ? node.value : undefined;
        if (typeof value !== "boolean") throw fail(key, `"${key}" must be true or false`);
        return value;
      },
      texts: (key) => sequence(key)?.map((item) => scalar(key, item) ?? ""),
      maps: (key) =>
        sequence(key)?.map((item) => {
          if (!isMap(item)) throw fail(key, `"${key}" must be a list of mappings`);
          return mapReader(item, what === "the task file" ? key : `${what}, ${key}`);
        }),
      map(key) {
        const node = find(key);
        if (node === undefined || (isScalar(node) && node.value === null)) return undefined;
        if (!isMap(node)) throw fail(key, `"${key}" must be a mapping`);
        return mapReader(node, `${what}, ${key}`);
      },
      keys: () => [...new Set(map.items.map((each) => keyText(each.key)))],
      fault: fail,
      allow(known, reasons = {}) {
        for (const key of reader.keys()) {
          if (known.includes(key)) continue;
          const reason = Object.hasOwn(reasons, key) ? reasons[key] : `it has ${known.join(", ")}`;
          throw fail(key, `property "${key}" is not supported by the local Azure; ${reason}`);
        }
      },
      named: (better) => mapReader(map, better),
    };
    return reader;
  }
}
