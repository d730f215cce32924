/** Takes away what OBJECT_ID may do in the vault VAULT_ID. */
const { inTurn, openVault } = require("./keyVault.cjs");
const { print } = require("./signIn.cjs");

async function remove({ OBJECT_ID, ...environment }) {
  const { client, group, vault } = openVault(environment);
  const { properties } = await client.vaults.get(group, vault);
  const accessPolicies = (properties.accessPolicies ?? []).filter(
    ({ objectId }) => objectId === OBJECT_ID,
  );
  if (accessPolicies.length > 0)
    await inTurn(() =>
      client.vaults.updateAccessPolicy(group, vault, "remove", { properties: { accessPolicies } }),
    );
  return { removed: accessPolicies.length };
}

print(() => remove(process.env), "The access policy is still there");
