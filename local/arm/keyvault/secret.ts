/**
 * Microsoft.KeyVault/vaults/secrets: secrets written through the resource manager. Values go to the
 * vault's data plane and never come back here. There is no DELETE: Azure has none, and azure-native
 * deletes a keyvault.Secret on the vault itself.
 */
import { resourceTypes, type Resource, type ResourceStore } from "../../contracts/resources";
import { refusalOf } from "../../keyvault/secretRules";
import { writeSecret } from "../../keyvault/secrets";
import { knownOnly, objectAt, optionalFlag, optionalNumber, optionalText, tagsAt } from "../body";
import { refuse } from "../errors";
import type { KindRequest, ResourceKind, Written } from "../kind";
import type { VaultChanges } from "./vaultChanges";

export function vaultSecretKind(
  { resources }: { resources: ResourceStore },
  changes: VaultChanges,
): ResourceKind {
  function write({ name, body, parent, existing }: KindRequest, isPatch: boolean): Written {
    if (!parent) throw refuse("ParentResourceNotFound", resourceTypes.vaultSecret, name);
    const given = objectAt(body.properties, "properties");
    const readOnly = ["secretUri", "secretUriWithVersion"];
    knownOnly(given, ["value", "contentType", "attributes", ...readOnly], "properties");
    const { value } = given;
    if (typeof value !== "string") {
      const advice = isPatch ? "set secrets with PUT" : "send 'properties.value', a text";
      throw refuse("BadRequest", `Secret '${name}' has no value; ${advice}.`);
    }
    const contentType = optionalText(given.contentType, "properties.contentType");
    const attributes = objectAt(given.attributes, "properties.attributes");
    const members = ["enabled", "exp", "nbf", "created", "updated"];
    knownOnly(attributes, members, "properties.attributes");
    const enabled = optionalFlag(attributes.enabled, "properties.attributes.enabled");
    const exp = optionalNumber(attributes.exp, "properties.attributes.exp");
    const nbf = optionalNumber(attributes.nbf, "properties.attributes.nbf");
    const tags = tagsAt(body.tags) ?? (isPatch ? existing?.tags : undefined);
    const refusal = refusalOf(resources, parent, { name, value, ...(tags ? { tags } : {}) });
    if (refusal) throw refuse(refusal.code, refusal.message);
    return {
      resource: writeSecret({
        resources,
        vault: parent,
        name,
        value,
        ...(contentType === undefined ? {} : { contentType }),
        attributes: {
          ...(enabled === undefined ? {} : { enabled }),
          ...(exp === undefined ? {} : { exp }),
          ...(nbf === undefined ? {} : { nbf }),
        },
        ...(tags === undefined ? {} : { tags }),
      }),
    };
  }

  return {
    type: resourceTypes.vaultSecret,
    scope: "resourceGroup",
    name: {
      pattern: /^[A-Za-z0-9-]{1,127}$/,
      rule: "a secret name has 1 to 127 letters, digits and '-'",
    },
    createdStatus: 201,
    put: (request) => changes(request.parent?.id ?? "", () => write(request, false)),
    patch: (request) => changes(request.parent?.id ?? "", () => write(request, true)),
    view: ({ id, name, type, location, tags, properties }: Resource) => ({
      ...{ id, name, type, location, tags: tags ?? {} },
      properties,
    }),
  };
}
