/** The key vault VAULT_ID, by way of the resource manager: nobody needs a right in the vault itself. */
const { setTimeout: sleep } = require("node:timers/promises");
const { KeyVaultManagementClient } = require("@azure/arm-keyvault");
const { credential } = require("./signIn.cjs");

const idPattern =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.KeyVault\/vaults\/([^/]+)$/i;

/** How long a vault that is being changed by others is asked again. */
const patienceInMilliseconds = 5 * 60 * 1000;

function openVault({ VAULT_ID }) {
  const [, subscription, group, vault] = idPattern.exec(VAULT_ID ?? "") ?? [];
  if (!vault) throw new Error(`${JSON.stringify(VAULT_ID)} is not the id of a key vault`);
  return { client: new KeyVaultManagementClient(credential(), subscription), group, vault };
}

/** A vault refuses two changes at a time (ConflictError), so whoever comes second asks again. */
async function inTurn(change, until = Date.now() + patienceInMilliseconds) {
  for (;;) {
    try {
      return await change();
    } catch (error) {
      if (![409, 429].includes(error.statusCode) || Date.now() > until) throw error;
      const seconds = Number(error.response?.headers.get("retry-after"));
      // Whoever clashed once must not clash again by asking at the same time.
      await sleep(seconds > 0 ? seconds * 1000 : 100 + Math.random() * 400);
    }
  }
}

/** A deleted secret keeps its name for days, and the resource manager cannot recover it. */
function explained(error, { vault, name }) {
  const text = `${error.code} ${error.message}`;
  if (!/deleted but recoverable|ObjectIsDeletedButRecoverable/.test(text)) return error;
  return new Error(
    `secret ${name} of vault ${vault} is deleted but can be recovered; ` +
      `run: az keyvault secret recover --vault-name ${vault} --name ${name}`,
  );
}

/** Makes the secret SECRET_NAME hold `value`, whether it was there or not. `tags` come beside those in TAGS. */
async function writeSecret({ SECRET_NAME, TAGS, ...environment }, value, tags = {}) {
  const { client, group, vault } = openVault(environment);
  const all = { ...JSON.parse(TAGS || "{}"), ...tags };
  return await inTurn(async () => {
    try {
      const properties = { value };
      return await client.secrets.createOrUpdate(group, vault, SECRET_NAME, {
        properties,
        tags: all,
      });
    } catch (error) {
      // Without a status code, so it is not asked again.
      throw explained(error, { vault, name: SECRET_NAME });
    }
  });
}

module.exports = { inTurn, openVault, writeSecret };
