/** The `secrets` of a task file: which vault secret each `.Secrets` name stands for. */
import type { SourceText } from "./sourceText";
import type { SecretReference } from "./types";
import { fieldsOf, type Fields } from "./yamlFields";

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const secretPath = /^\/secrets\/[0-9a-z-]{1,127}(?:\/[0-9a-z]+)?\/?$/;

/** @throws TaskFileError */
export function readSecrets(source: SourceText, task: Fields): SecretReference[] {
  const seen = new Set<string>();
  return task.list("secrets").map((item) => {
    const fields = fieldsOf(source, item, {
      what: "secret",
      known: ["id", "keyvault", "clientID"],
      unsupported: { aadresourceid: "name a vault secret with keyvault" },
    });
    const id = fields.text("id") ?? "";
    if (id === "") throw fields.fault("id", "is missing");
    if (/\s/.test(id)) throw fields.fault("id", `${JSON.stringify(id)} must not have blanks`);
    if (seen.has(id)) throw fields.fault("id", `"${id}" is there twice`);
    seen.add(id);
    const url = secretUrl(fields, id);
    const clientId = fields.text("clientID");
    if (clientId === undefined) return { id, url };
    if (!guid.test(clientId))
      throw fields.fault("clientID", `of "${id}" must be the GUID of an identity`);
    return { id, url, clientId };
  });
}

function secretUrl(fields: Fields, id: string): string {
  const text = (fields.text("keyvault") ?? "").trim().toLowerCase();
  if (text === "") throw fields.fault("keyvault", `of "${id}" is missing`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const fits =
    url?.protocol === "https:" &&
    secretPath.test(url.pathname) &&
    url.search + url.hash + url.username + url.password + url.port === "";
  if (!fits)
    throw fields.fault(
      "keyvault",
      `of "${id}" is not the URL of a secret: https://VAULT.vault.azure.net/secrets/NAME[/VERSION]`,
    );
  return `https://${url.host}${url.pathname.replace(/\/$/, "")}`;
}
