/** What a single value of the configuration must look like, in words and with an example. */
import * as z from "zod";
import { ownSecretTags, stackTagLimit } from "../components/parts/vaultSecret";
import { gitUrlFault, meantGitUrl } from "./gitUrl";
import { nearest } from "./nearest";
import { regions } from "./regions";
import { comesAbout } from "./schedule";

/** A value that would do instead of a given one. */
export type Example = string | ((given: unknown) => string);

/** A value that `accepts` decides on. The error says what is allowed, and carries an example for the command. */
function value<T>(
  accepts: (given: unknown) => boolean,
  allowed: string | ((given: unknown) => string),
  example: Example,
) {
  const error =
    typeof allowed === "string" ? allowed : ({ input }: { input?: unknown }) => allowed(input);
  return z.custom<T>(accepts, { error, params: { example } });
}

function text(pattern: RegExp, allowed: string, example: string) {
  return value<string>(
    (given) => typeof given === "string" && pattern.test(given),
    allowed,
    example,
  );
}

export const flag = (example: boolean) =>
  value<boolean>((given) => typeof given === "boolean", "true or false", String(example));

export const days = (least: number, most: number, example: number) =>
  value<number>(
    (given) => Number.isInteger(given) && Number(given) >= least && Number(given) <= most,
    `a whole number of days from ${least} to ${most}`,
    String(example),
  );

export const oneOf = <T extends string>(allowed: readonly T[], example: T) =>
  value<T>((given) => (allowed as readonly unknown[]).includes(given), allowed.join(", "), example);

export const location = value<string>(
  (given) => typeof given === "string" && regions.includes(given),
  "an Azure region such as eastus",
  (given) => nearest(String(given), regions) ?? "eastus",
);

/** Limits are Azure's: a vault's name has 24 characters at most, a registry's 50, a task's 5 to 50. */
export const namePrefix = text(
  /^[a-z][a-z0-9]{1,10}$/,
  "2 to 11 lower-case letters and digits that begin with a letter",
  "contoso",
);
/** The first run of its gate's task is called `base-import-NAME-first-run`, of which Azure takes 50. */
export const imageName = text(
  /^(?=.{2,28}$)[a-z]([a-z0-9]|-(?!-))*[a-z0-9]$/,
  "2 to 28 lower-case letters, digits and single hyphens",
  "node",
);
export const appName = text(
  /^(?=.{5,32}$)[a-z]([a-z0-9]|-(?!-))*[a-z0-9]$/,
  "5 to 32 lower-case letters, digits and single hyphens",
  "hello-world",
);
export const team = text(
  /^[a-z][a-z0-9]{1,19}$/,
  "2 to 20 lower-case letters and digits that begin with a letter",
  "shop",
);

export const repository = text(
  /^(?=.{1,100}$)[a-z0-9]+([._/-][a-z0-9]+)*$/,
  "a repository as its registry names it, such as node or dotnet/runtime",
  "node",
);
export const tag = text(
  /^\w[\w.-]{0,100}$/,
  "an image tag such as 22-alpine, in quotes if it could be a number",
  "22-alpine",
);
export const digestPattern = /^sha256:[0-9a-f]{64}$/;
const digestExample = `sha256:${"0123456789abcdef".repeat(4)}`;
export const digest = text(digestPattern, "a digest, sha256: and 64 hex digits", digestExample);
export const pin = text(
  /^([a-z0-9]{2,12}|sha256:[0-9a-f]{64})$/,
  "the id of the run that promoted the image, such as gc1, or the image's digest",
  "gc1",
);

export const gitUrl = (example: string) =>
  value<string>(
    (given) => gitUrlFault(given) === undefined,
    (given) => gitUrlFault(given) ?? "",
    (given) => meantGitUrl(given) ?? example,
  );

export const schedule = value<string>(
  (given) => typeof given === "string" && comesAbout(given),
  "a time that comes, as five fields of cron in UTC: minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6",
  "0 3 * * *",
);

/** Without quotes YAML takes a date for a moment, and Pulumi hands it on with the time of day. */
export const date = text(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]00:00:00( ?\+0000 UTC|Z)?)?$/,
  "a date such as 2026-11-24",
  "2026-11-24",
).transform((given) => given.slice(0, 10));

export const workspace = text(
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.OperationalInsights\/workspaces\/[^/]+$/i,
  "the id of a Log Analytics workspace",
  "/subscriptions/ID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/workspaces/NAME",
);

/** Narrower than Azure's own rule: the tags also travel as words of a command in the app's task. */
export const tags = value<Record<string, string>>(
  (given) =>
    typeof given === "object" &&
    given !== null &&
    !Array.isArray(given) &&
    Object.entries(given).length <= stackTagLimit &&
    Object.entries(given).every(
      ([key, text]) =>
        /^[\w.-]{1,100}$/.test(key) &&
        !ownSecretTags.includes(key.toLowerCase()) &&
        typeof text === "string" &&
        /^[\w.:@+-]{1,100}$/.test(text),
    ),
  `at most ${stackTagLimit} names with values, both of letters, digits and . _ - (values also : @ +); a secret has room for no more beside ${ownSecretTags.join(", ")}, which the program writes`,
  '{"owner":"platform"}',
);
