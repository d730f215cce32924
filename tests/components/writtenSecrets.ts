/** What a program puts into its vault, by the scripts that write secrets. */
import type { Declaration, Declared } from "./declare";

const scripts = ["node vaultSecret.cjs", "node tokenPassword.cjs"];

export const environmentOf = ({ inputs }: Declaration): Record<string, unknown> =>
  inputs["environment"] as Record<string, unknown>;

/** The commands that write secrets. */
export const secretWriters = ({ kinds }: Declared<unknown>): Declaration[] =>
  kinds("Command").filter(({ inputs }) => scripts.includes(String(inputs["create"])));

/** Where each secret's value comes from, by the secret's name: from standard input, or from the token it is generated for. */
export const writtenSecrets = (declared: Declared<unknown>): Record<string, unknown> =>
  Object.fromEntries(
    secretWriters(declared).map((one) => {
      const { SECRET_NAME, TOKEN_ID } = environmentOf(one);
      return [SECRET_NAME, one.inputs["stdin"] ?? String(TOKEN_ID).split("/").at(-1)];
    }),
  );
