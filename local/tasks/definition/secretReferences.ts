/** The `secrets:` of a task file. */
import type { MapReader } from "./yamlReader";
import type { SecretReference } from "./types";

const secretUrl = /^https:\/\/[^/]+\/secrets\/[^/]+(\/[^/]+)?\/?$/;

/** @throws TaskFileError */
export function secretReferencesOf(root: MapReader): SecretReference[] {
  const ids = new Set<string>();
  return (root.maps("secrets") ?? []).map((entry, index) => {
    const id = entry.text("id");
    if (!id) throw entry.fault(undefined, `secret ${index + 1} has no "id"`);
    const secret = entry.named(`secret "${id}"`);
    secret.allow(["id", "keyvault", "clientID"], {
      aadresourceid: 'a registry login needs no secret; use "keyvault"',
    });
    if (/\s/.test(id)) throw secret.fault("id", "the id must not hold blanks");
    if (ids.has(id)) throw secret.fault("id", "the id is there twice");
    ids.add(id);
    const url = secret.text("keyvault")?.toLowerCase() ?? "";
    if (!secretUrl.test(url))
      throw secret.fault("keyvault", `"${url}" is not https://VAULT.vault.azure.net/secrets/NAME`);
    const clientId = secret.text("clientID");
    return { id, url, ...(clientId ? { clientId } : {}) };
  });
}
