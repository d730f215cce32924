/** POST PROVIDER/checkNameAvailability: whether a name that is global to Azure is free. */
import { resourceTypes } from "../../contracts/resources";
import { objectAt, textAt, type Json } from "../body";
import { refuse } from "../errors";
import type { ArmServices, ResourceKind } from "../kind";
import { findDeletedVault } from "../keyvault/deletedVaults";

/** The types with a check, and the reason they give for a malformed name. */
const checked = [
  { type: resourceTypes.registry, malformed: "Invalid" },
  { type: resourceTypes.vault, malformed: "AccountNameInvalid" },
] as const;

/** The kind that a provider's check is about; none where it has no check. */
export const checkedType = (namespace: string): (typeof checked)[number] | undefined =>
  checked.find(({ type }) => type.split("/")[0]?.toLowerCase() === namespace.toLowerCase());

export function checkName(
  services: ArmServices & { kinds: readonly ResourceKind[] },
  namespace: string,
  body: Json,
): object {
  const found = checkedType(namespace);
  if (!found) throw refuse("InvalidResourceType", "checkNameAvailability", namespace, "");
  const { type, malformed } = found;
  const { name, type: asked } = objectAt(body, "body");
  const wanted = textAt(name, "body.name");
  if (textAt(asked, "body.type").toLowerCase() !== type.toLowerCase())
    throw refuse("BadRequest", `'body.type' must be ${type}.`);

  const rule = services.kinds.find((kind) => kind.type === type)?.name;
  const taken = (reason: string, message: string): object => ({
    nameAvailable: false,
    reason,
    message,
  });
  if (rule && !rule.pattern.test(wanted))
    return taken(malformed, `The name '${wanted}' is invalid: ${rule.rule}.`);
  const isSame = (other: { name: string }): boolean =>
    other.name.toLowerCase() === wanted.toLowerCase();
  if (services.resources.list({ type }).some(isSame))
    return taken("AlreadyExists", `The name '${wanted}' is already in use.`);
  if (type === resourceTypes.vault && findDeletedVault(services, wanted))
    return taken(
      "AlreadyExists",
      `The name '${wanted}' is in use by a deleted vault that has not been purged.`,
    );
  return { nameAvailable: true };
}
