/** The rule about who may do what in a vault. */
import { resourceRule } from "./parts/rule";
import { texts } from "./parts/settings";
import { checkEach, ifKnown } from "./parts/unknown";
import { matchesAny } from "./parts/wildcard";

interface AccessPolicyEntry {
  objectId?: string;
  permissions?: Readonly<Record<string, readonly string[]>>;
}

interface Props {
  /** Of an AccessPolicy. */
  policy?: AccessPolicyEntry;
  /** Of a Vault. */
  properties?: { accessPolicies?: readonly AccessPolicyEntry[] };
}

export const vaultAccessGetOnly = resourceRule({
  name: "vault-access-get-only",
  description: "An access policy lets its identity get secrets and do nothing else in the vault.",
  severity: "high",
  remediationSteps:
    "Give permissions: { secrets: [get] } and nothing else. Who writes secrets does so through the resource manager.",
  settings: {
    secretPermissions: texts("What may be given on secrets", "get"),
    exemptPrincipals: texts("Object ids that may be given more"),
  },
  kinds: ["keyvault:AccessPolicy", "keyvault:Vault"],
  check({ policy, properties }: Props, { settings, report }) {
    const checkEntry = (entry: AccessPolicyEntry): void => {
      // Unknown here is unknown to the rule, once someone is exempt.
      const isExempt = settings.exemptPrincipals.length > 0 && entry.objectId;
      if (isExempt && matchesAny(settings.exemptPrincipals, isExempt)) return;
      const who = ifKnown(() => entry.objectId) ?? "an identity not known yet";
      checkEach(entry.permissions, (given, of) => {
        const allowed = of === "secrets" ? settings.secretPermissions : [];
        checkEach(given, (permission) => {
          if (!matchesAny(allowed, permission))
            report(`${who} is given ${permission} on ${of}; ${allowedText(settings)}`);
        });
      });
    };
    checkEach(policy ? [policy] : properties?.accessPolicies, checkEntry);
  },
});

const allowedText = ({ secretPermissions }: { secretPermissions: readonly string[] }): string =>
  `allowed is ${secretPermissions.join(", ") || "nothing"} on secrets, and nothing else`;
