/** Stack outputs for a person or, as JSON, for a program. */
import type { Output } from "../pulumi/stack";

type Outputs = Readonly<Record<string, Output>>;

const shown = ({ value, secret }: Output, showSecrets: boolean): unknown =>
  secret && !showSecrets ? "[secret]" : value;

export function outputsAsJson(outputs: Outputs, showSecrets: boolean): string {
  const values = Object.entries(outputs).map(([name, output]) => [
    name,
    shown(output, showSecrets),
  ]);
  return JSON.stringify(Object.fromEntries(values), undefined, 2);
}

/** One `name: value` line per output; the parts of an object as `name.part`. */
export function describeOutputs(outputs: Outputs, showSecrets = false): string {
  const lines = Object.entries(outputs).flatMap(([name, output]) => {
    const value = shown(output, showSecrets);
    if (typeof value !== "object" || value === null) return [[name, String(value)] as const];
    return Object.entries(value).map(([part, each]) => [`${name}.${part}`, String(each)] as const);
  });
  const width = Math.max(0, ...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
