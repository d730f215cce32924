/**
 * What a refresh takes into the inputs. Azure fills in many defaults, so live properties are not inputs as such:
 * only what changed since the last answer is applied to them, as the real provider does.
 */
import { isBag, same, type Bag, type Property } from "../propertyBag";
import { valueAt, withoutPaths } from "./body";
import type { ResourceType } from "./resourceTypes";

/** The inputs with what changed in Azure between the old outputs and the live ones. */
export function driftedInputs(type: ResourceType, inputs: Bag, before: Bag, live: Bag): Bag {
  const left = writable(type, inputs, before);
  const right = writable(type, inputs, live);
  const drifted = { ...inputs };
  for (const name of [...type.top, ...type.properties]) {
    const value = apply(inputs[name], left[name], right[name]);
    if (value === undefined) delete drifted[name];
    else drifted[name] = value;
  }
  return drifted;
}

function writable(type: ResourceType, inputs: Bag, outputs: Bag): Bag {
  const left = withoutPaths(outputs, type.computed);
  const { shared } = type;
  return shared && valueAt(inputs, shared) === undefined ? withoutPaths(left, [shared]) : left;
}

function apply(input: Property, before: Property, live: Property): Property {
  if (same(before ?? undefined, live ?? undefined)) return input;
  if (live == null) return undefined;
  if (!isBag(before) || !isBag(live)) return live;
  const base = isBag(input) ? input : {};
  const keys = new Set([...Object.keys(base), ...Object.keys(before), ...Object.keys(live)]);
  const merged = [...keys].map((key) => [key, apply(base[key], before[key], live[key])] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}
