/** Prints whether a deleted vault holds the name VAULT in LOCATION, `yes` or `no`. */
const { KeyVaultManagementClient } = require("@azure/arm-keyvault");
const { credential, print } = require("./signIn.cjs");

async function isDeleted({ SUBSCRIPTION, VAULT, LOCATION }) {
  const client = new KeyVaultManagementClient(credential(), SUBSCRIPTION);
  try {
    await client.vaults.getDeleted(VAULT, LOCATION.replaceAll(" ", "").toLowerCase());
    return "yes";
  } catch (error) {
    if (error.statusCode === 404) return "no";
    throw error;
  }
}

print(() => isDeleted(process.env), "Whether there is a deleted vault of that name is not known");
