/** What a program puts into its vault, by the scripts that write secrets. */
import type { Declaration, Declarations } from "./declaration";
import { variablesOf } from "./firstRuns";

const scripts = ["node vaultSecret.cjs", "node tokenPassword.cjs"];

/** The commands that write secrets. */
export const secretWriters = ({ kinds }: Pick<Declarations, "kinds">): Declaration[] =>
  kinds("Command").filter(({ inputs }) => scripts.includes(String(inputs["create"])));

/** Where each secret's value comes from, by the secret's name: from standard input, or from the token it is generated for. */
export const writtenSecrets = (declared: Pick<Declarations, "kinds">): Record<string, unknown> =>
  Object.fromEntries(
    secretWriters(declared).map((one) => {
      const { SECRET_NAME, TOKEN_ID } = variablesOf(one);
      return [String(SECRET_NAME), one.inputs["stdin"] ?? String(TOKEN_ID).split("/").at(-1)];
    }),
  );
