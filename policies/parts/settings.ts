/** What can be configured of a rule: one description gives schema, defaults and type. */
import type { PolicyConfigSchema } from "@pulumi/policy";

type JsonSchema = PolicyConfigSchema["properties"][string];

export interface Setting<T> {
  schema: JsonSchema;
  default: T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** The values of settings as a rule gets them. */
export type Values<S extends Settings> = {
  readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

/** A list of texts. */
export function texts(description: string, ...standard: string[]): Setting<readonly string[]> {
  return {
    schema: { type: "array", items: { type: "string" }, description, default: standard },
    default: standard,
  };
}

/** One of a few words; the first is the default. */
export function choice<T extends string>(description: string, ...words: [T, ...T[]]): Setting<T> {
  return {
    schema: { type: "string", enum: words, description, default: words[0] },
    default: words[0],
  };
}

export const configSchemaOf = (settings: Settings): PolicyConfigSchema => ({
  properties: Object.fromEntries(
    Object.entries(settings).map(([key, { schema }]) => [key, schema]),
  ),
});

/**
 * The configured values, defaults for the rest. The engine checks types, but takes a misspelt key for no mistake.
 * @throws {Error} naming the keys that the rule does not have
 */
export function valuesOf<S extends Settings>(
  policy: string,
  settings: S,
  given: Readonly<Record<string, unknown>>,
): Values<S> {
  const strange = Object.keys(given).filter((key) => !(key in settings));
  if (strange.length > 0)
    throw new Error(
      `${policy} has no setting ${strange.join(", ")}; it has ${Object.keys(settings).join(", ")}`,
    );
  const entries = Object.entries(settings).map(([key, setting]) => [
    key,
    given[key] ?? setting.default,
  ]);
  return Object.fromEntries(entries) as Values<S>;
}

/**
 * Regular expressions out of a setting, whatever the case.
 * @throws {Error} naming setting and expression
 */
export function expressions(setting: string, sources: readonly string[]): RegExp[] {
  return sources.map((source) => {
    try {
      return new RegExp(source, "i");
    } catch {
      throw new Error(`setting ${setting}: ${source} is not a regular expression`);
    }
  });
}
