/**
 * Makes the secret SECRET_NAME of the vault VAULT_ID hold what comes on standard input, with the tag `written` WRITTEN. Prints
 * `{ id, uri }`.
 */
const { text } = require("node:stream/consumers");
const { writeSecret } = require("./keyVault.cjs");
const { print } = require("./signIn.cjs");

async function store(environment) {
  const value = await text(process.stdin);
  const { id, properties } = await writeSecret(environment, value, {
    written: environment.WRITTEN,
  });
  return { id, uri: properties.secretUri };
}

print(() => store(process.env), `No secret ${process.env.SECRET_NAME} in the vault`);
