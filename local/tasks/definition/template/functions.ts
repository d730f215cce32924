/** How a template function is declared, called and refused. */
import { isList, isMap, typeName, type MapValue, type Value } from "./values";

/** Parameter types, by the names that messages use. */
interface Kinds {
  any: Value;
  string: string;
  int: bigint;
  bool: boolean;
  list: readonly Value[];
  map: MapValue;
}
type Kind = keyof Kinds;
type Arguments<K extends readonly Kind[]> = { [I in keyof K]: Kinds[K[I]] };

export interface TemplateFunction {
  parameters: readonly Kind[];
  /** Type of any number of further arguments. */
  rest?: Kind;
  call(values: readonly Value[]): Value;
}

export type FunctionTable = ReadonlyMap<string, TemplateFunction>;

/** A function of fixed parameters. */
export function define<const K extends readonly Kind[]>(
  parameters: K,
  call: (...values: Arguments<K>) => Value,
): TemplateFunction {
  return { parameters, call: (values) => call(...(values as unknown as Arguments<K>)) };
}

/**
 * A function of fixed parameters and any number of further ones, which `call` gets as a list in
 * front.
 */
export function defineOpen<const K extends readonly Kind[], R extends Kind>(
  parameters: K,
  rest: R,
  call: (further: readonly Kinds[R][], ...values: Arguments<K>) => Value,
): TemplateFunction {
  return {
    parameters,
    rest,
    call: (values) =>
      call(
        values.slice(parameters.length) as unknown as Kinds[R][],
        ...(values.slice(0, parameters.length) as unknown as Arguments<K>),
      ),
  };
}

/** Thrown by functions; the renderer adds the place and the function's name. */
export class FunctionError extends Error {}

function fits(kind: Kind, value: Value): boolean {
  if (kind === "any") return true;
  if (kind === "int") return typeof value === "bigint";
  if (kind === "bool") return typeof value === "boolean";
  if (kind === "list") return isList(value);
  if (kind === "map") return isMap(value);
  return typeof value === "string";
}

/** Calls a function with checked arguments. @throws {FunctionError} */
export function callFunction(
  name: string,
  found: TemplateFunction,
  values: readonly Value[],
): Value {
  const { parameters, rest } = found;
  if (values.length < parameters.length || (values.length > parameters.length && !rest)) {
    const wanted = `${rest ? "at least " : ""}${parameters.length}`;
    throw new FunctionError(`"${name}" takes ${wanted} arguments, not ${values.length}`);
  }
  values.forEach((value, index) => {
    const kind = parameters[index] ?? rest ?? "any";
    if (fits(kind, value)) return;
    const given = value === null ? "nothing (a missing key?)" : typeName(value);
    throw new FunctionError(`argument ${index + 1} of "${name}" must be a ${kind}, not ${given}`);
  });
  try {
    return found.call(values);
  } catch (error) {
    if (error instanceof FunctionError) throw new FunctionError(`"${name}": ${error.message}`);
    throw error;
  }
}

/**
 * Functions of Azure's template engine that this one does not have: Go's own and those of sprig
 * 2.22.
 */
const unsupported = new Set(
  `html js urlquery call slice date dateInZone dateModify date_in_zone date_modify now
  htmlDate htmlDateInZone ago toDate unixEpoch abbrev abbrevboth initials randAlphaNum
  randAlpha randAscii randNumeric swapcase shuffle snakecase camelcase kebabcase wrap
  wrapWith adler32sum splitn toStrings hello float64 toDecimal until untilStep biggest
  floor ceil round deepCopy toPrettyJson typeOf typeIs typeIsLike kindOf kindIs deepEqual
  tuple set unset pluck pick omit merge mergeOverwrite values push concat env expandenv
  getHostByName b32enc b32dec genPrivateKey derivePassword buildCustomCert genCA
  genSelfSignedCert genSignedCert encryptAES decryptAES uuidv4 semver semverCompare
  regexMatch regexFindAll regexFind regexReplaceAll regexReplaceAllLiteral regexSplit
  urlParse urlJoin`.split(/\s+/),
);

/** Why a function name is refused. */
export const unknownFunction = (name: string): string =>
  unsupported.has(name)
    ? `template function "${name}" is not supported by the local Azure`
    : `template function "${name}" does not exist; check its spelling`;
