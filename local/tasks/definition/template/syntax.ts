/** The tree of a template. Lines count from 0 in the template's text. */
import type { Value } from "./values";

export type Operand =
  | { kind: "literal"; value: Value }
  | { kind: "dot" }
  | { kind: "variable"; name: string; line: number }
  | { kind: "function"; name: string; line: number }
  | { kind: "pipeline"; pipeline: Pipeline }
  /** `base.a.b` */
  | { kind: "fields"; base: Operand; names: readonly string[]; line: number };

/** One command: an operand alone, or a function with its arguments. */
export interface Command {
  operands: readonly Operand[];
}

export interface Pipeline {
  /** `$a :=` or, in range, `$key, $value :=`. */
  variables: readonly string[];
  /** True for `=`, which sets an existing variable. */
  assigns: boolean;
  commands: readonly Command[];
  line: number;
}

export type Node =
  | { kind: "text"; text: string; line: number }
  | { kind: "action"; pipeline: Pipeline; line: number }
  | {
      kind: "if" | "with" | "range";
      pipeline: Pipeline;
      body: readonly Node[];
      otherwise: readonly Node[];
      line: number;
    };
