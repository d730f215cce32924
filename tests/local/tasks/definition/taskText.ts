/** A task file's text as the tests give it to the parser, with what a run of `contoso` knows. */
import assert from "node:assert/strict";
import { planOf, type Step, type TaskSource } from "../../../../local/tasks/definition";

type Kind = Step["kind"];

export const taskSource = (text: string, values: Record<string, string> = {}): TaskSource => ({
  file: "acr-task.yaml",
  text,
  values,
  variables: {
    ID: "ca7",
    Registry: "contoso.azurecr.io",
    RegistryName: "contoso",
    SharedVolume: "acb_vol_ca7",
    Date: "20260105-090000z",
    OS: "linux",
    Architecture: "amd64",
    Commit: "c0ffee",
    Branch: "main",
  },
});

export const stepsOf = (text: string, values?: Record<string, string>): readonly Step[] =>
  planOf(taskSource(text, values), {}).steps;

/** The step, which must be of this kind. */
export function as<K extends Kind>(kind: K, step: Step | undefined): Extract<Step, { kind: K }> {
  assert.equal(step?.kind, kind);
  return step as Extract<Step, { kind: K }>;
}

export const refuses = (text: string, message: RegExp): void =>
  assert.throws(() => stepsOf(text), { name: "TaskFileError", message });
