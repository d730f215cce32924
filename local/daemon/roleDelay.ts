/** How long a role takes to work, which in Azure is minutes. */

const variable = "GATED_IMPORTS_ROLE_DELAY";

/**
 * Reads GATED_IMPORTS_ROLE_DELAY, in seconds.
 * @returns `undefined` when it is not set
 * @throws Error when it is no number of seconds
 */
export function roleDelayOf(environment: NodeJS.ProcessEnv): number | undefined {
  const given = environment[variable];
  if (given === undefined || given === "") return undefined;
  if (!/^\d+(\.\d+)?$/.test(given))
    throw new Error(
      `${variable} is "${given}"; give it a number of seconds, such as 60, or unset it`,
    );
  return Number(given);
}
