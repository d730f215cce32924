/**
 * The functions that templates can call: Go's built-in ones and a part of sprig 2.22, as ACR's
 * engine has them.
 */
import { comparisons } from "./comparisons";
import { dataFunctions } from "./dataFunctions";
import type { FunctionTable } from "./functions";
import { numberFunctions } from "./numberFunctions";
import { printingFunctions } from "./printing";
import { textFunctions } from "./textFunctions";

export const standardFunctions: FunctionTable = new Map(
  Object.entries({
    ...comparisons,
    ...printingFunctions,
    ...dataFunctions,
    ...numberFunctions,
    ...textFunctions,
  }),
);
