/**
 * What a preview shows as outputs. The real provider promises little: an output is known where an input of the same name
 * is, and everything else is unknown until Azure has answered, even where an update cannot change it.
 */
import { isBag, unknown, type Bag, type Property } from "../propertyBag";
import { setUnknown } from "./body";
import { pathInputs, type ResourceType } from "./resourceTypes";
import { schemas, type Members, type Schema } from "./schemas";

/** Inputs that Azure takes and never shows. */
const writeOnly = ["createMode"];

/** Outputs of the state that a preview of an update takes over, when they are outputs of the type at all. */
const stable = ["name", "location"];

/** Of a create, or of an update when there is a `state`. */
export function previewOutputs(type: ResourceType, inputs: Bag, state: Bag = {}): Bag {
  const members = schemas[type.token] ?? {};
  const inPath = pathInputs(type);
  const written = Object.fromEntries(
    Object.entries(members).filter(
      ([name]) => name === "scope!" || !inPath.includes(name.replace("!", "")),
    ),
  );
  const outputs = known(written, inputs);
  // Where one of several types is possible (a task's step), the provider shows the input as it is.
  for (const path of type.computed)
    if (!isOneOf(written[path.split(".")[0] ?? ""])) setUnknown(outputs, path);
  for (const name of stable) if (state[name] !== undefined) outputs[name] = state[name];
  return outputs;
}

function isOneOf(schema: Schema | undefined): boolean {
  return schema !== undefined && "kind" in schema && schema.kind === "oneOf";
}

function known(members: Members, inputs: Bag): Bag {
  return Object.fromEntries(
    Object.entries(members)
      .map(([member, schema]) => [member.replace("!", ""), schema] as const)
      .filter(([name]) => !writeOnly.includes(name))
      .map(([name, schema]) => [name, knownValue(schema, inputs[name])]),
  );
}

function knownValue(schema: Schema, value: Property): Property {
  if (value == null) return unknown;
  if (!("kind" in schema)) return isBag(value) ? known(schema as Members, value) : unknown;
  if (Array.isArray(value))
    return schema.kind === "array"
      ? value.map((item) => knownValue((schema as { items: Schema }).items, item))
      : unknown;
  return value;
}
