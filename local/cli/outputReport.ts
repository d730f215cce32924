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

/** The value's leaves by their path below `path`: members as `path.member`, items as `path[0]`. */
function leaves(path: string, value: unknown): [path: string, text: string][] {
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== "object")) return [[path, value.join(" ")]];
    return value.flatMap((item, index) => leaves(`${path}[${index}]`, item));
  }
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, member]) => leaves(`${path}.${name}`, member));
}

/** What one looks for at the end of an `up`. */
const lastOutput = "pageUrls";

/** One line per output and per part of an output that has parts; the pages' URLs come last. */
export function describeOutputs(outputs: Outputs, showSecrets = false): string {
  const sorted = Object.entries(outputs).toSorted(
    ([a], [b]) => Number(a === lastOutput) - Number(b === lastOutput),
  );
  const lines = sorted.flatMap(([name, output]) => leaves(name, shown(output, showSecrets)));
  const width = Math.max(0, ...lines.map(([path]) => path.length));
  return lines.map(([path, text]) => `${path.padEnd(width)}  ${text}`.trimEnd()).join("\n");
}
