/**
 * Gives the registry token TOKEN_ID another password, good for VALID_DAYS. The token has two, and the one that is in use
 * stays as it is. What was given last is found in PULUMI_COMMAND_STDOUT: with the same GENERATION it is given again.
 */
const { openRegistry, print } = require("./signIn.cjs");

const dayInMilliseconds = 24 * 60 * 60 * 1000;

async function issue({ TOKEN_ID, GENERATION, VALID_DAYS, PULUMI_COMMAND_STDOUT }) {
  const last = PULUMI_COMMAND_STDOUT ? JSON.parse(PULUMI_COMMAND_STDOUT) : undefined;
  if (last && last.generation === GENERATION) return last;

  const { client, group, registry } = openRegistry(TOKEN_ID);
  const slot = last?.slot === "password1" ? "password2" : "password1";
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
  const issued = new Date(creationTime ?? Date.now()).toISOString();
  return { generation: GENERATION, slot, issued, value };
}

print(() => issue(process.env), "No password for the registry token");
