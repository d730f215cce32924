/** Where the setup says that its tools are. */
import type { Tools } from "./types";

/**
 * Reads GATED_IMPORTS_PULUMI and GATED_IMPORTS_AZ.
 * @throws Error when the program was not started by the npm scripts and they are not set.
 */
export function toolsOf(environment: NodeJS.ProcessEnv): Tools {
  const pulumi = environment["GATED_IMPORTS_PULUMI"];
  const az = environment["GATED_IMPORTS_AZ"];
  if (!pulumi || !az)
    throw new Error(
      "GATED_IMPORTS_PULUMI and GATED_IMPORTS_AZ do not say where pulumi and az are; start with `npm run local`",
    );
  return { pulumi, az };
}
