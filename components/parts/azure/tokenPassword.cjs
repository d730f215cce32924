/**
 * Gives the registry token TOKEN_ID another password, good for VALID_DAYS, and stores it in the vault, as it does the
 * token's name as the secret USER_SECRET_NAME: one act, so that no password is ever out that the vault does not have. A
 * token has two, and the one that is in use stays as it is. What was
 * given last is found in PULUMI_COMMAND_STDOUT: with the same GENERATION, and for the same TOKEN_CREATED, it is stored and
 * given again. Ended at whatever point, it can be run again: the slot is chosen by what was printed last, so it is once
 * more the one that nobody uses.
 */
const { writeSecret } = require("./keyVault.cjs");
const { openRegistry, print } = require("./signIn.cjs");

const dayInMilliseconds = 24 * 60 * 60 * 1000;

async function generate({ TOKEN_ID, VALID_DAYS }, slot) {
  const { client, group, registry } = openRegistry(TOKEN_ID);
  const { passwords = [] } = await client.registries.beginGenerateCredentialsAndWait(
    group,
    registry,
    {
      tokenId: TOKEN_ID,
      name: slot,
      expiry: new Date(Date.now() + Number(VALID_DAYS) * dayInMilliseconds),
    },
    { updateIntervalInMs: 1000 },
  );
  const { value, creationTime } = passwords.find(({ name }) => name === slot) ?? {};
  if (!value) throw new Error(`the registry gave no ${slot} for ${TOKEN_ID}`);
  return { issued: new Date(creationTime ?? Date.now()).toISOString(), value };
}

async function issue({ PULUMI_COMMAND_STDOUT, ...environment }) {
  const { GENERATION: generation, TOKEN_CREATED: token } = environment;
  const printed = PULUMI_COMMAND_STDOUT ? JSON.parse(PULUMI_COMMAND_STDOUT) : undefined;
  const last = printed && printed.token === token ? printed : undefined;
  const slot = last?.slot === "password1" ? "password2" : "password1";
  const password =
    last && last.generation === generation
      ? last
      : { generation, token, slot, ...(await generate(environment, slot)) };
  const { issued, value } = password;
  await writeSecret(environment, value, { generation, issued });
  const user = environment.TOKEN_ID.split("/").at(-1);
  await writeSecret({ ...environment, SECRET_NAME: environment.USER_SECRET_NAME }, user);
  return password;
}

print(() => issue(process.env), "No password for the registry token");
