/** What a program puts into its vault, by the scripts that write secrets. */
import type { Declaration, Declarations } from "./declaration";
import { variablesOf } from "./firstRuns";

const scripts = ["node vaultSecret.cjs", "node tokenPassword.cjs"];

/** The commands that write secrets. */
export const secretWriters = ({ kinds }: Pick<Declarations, "kinds">): Declaration[] =>
  kinds("Command").filter(({ inputs }) => scripts.includes(String(inputs["create"])));

/** Where each secret's value comes from, by the secret's name: from standard input, or from the token whose login it is. */
export const writtenSecrets = (declared: Pick<Declarations, "kinds">): Record<string, unknown> =>
  Object.fromEntries(
    secretWriters(declared).flatMap((one) => {
      const { SECRET_NAME, USER_SECRET_NAME, TOKEN_ID } = variablesOf(one);
      const value = one.inputs["stdin"] ?? String(TOKEN_ID).split("/").at(-1);
      return [SECRET_NAME, USER_SECRET_NAME]
        .filter((name) => name !== undefined)
        .map((name) => [String(name), value]);
    }),
  );
