/** Rules about the tasks of a registry: who they are, and where their logins are kept. */
import { resourceRule } from "./parts/rule";
import { texts } from "./parts/settings";
import { taskKind } from "./parts/taskShape";
import type { RegistryLogin, SecretObject, TaskProps } from "./parts/taskShape";
import { checkAll, checkEach } from "./parts/unknown";
import { matchesAny } from "./parts/wildcard";

export const taskManagedIdentity = resourceRule({
  name: "task-managed-identity",
  description: "A task has a managed identity, so that it reads the vault as itself.",
  severity: "medium",
  remediationSteps:
    "Give the task identity: { type: SystemAssigned } and let that identity read the vault's secrets.",
  settings: {
    identityTypes: texts(
      "Kinds of identity that a task may have",
      "SystemAssigned",
      "UserAssigned",
    ),
  },
  kinds: [taskKind],
  check({ identity }: TaskProps, { settings, report }) {
    const type = identity?.type ?? "None";
    // Both are written as "SystemAssigned, UserAssigned".
    const kinds = type.split(/,\s*/);
    if (!kinds.every((kind) => matchesAny(settings.identityTypes, kind)))
      report(`identity.type is ${type}; allowed: ${settings.identityTypes.join(", ")}`);
  },
});

const isVaultSecret = ({ type }: SecretObject): boolean => type?.toLowerCase() === "vaultsecret";

/** The host of a vault secret's URL; empty when it is none. */
export function vaultHost(url: string | undefined): string {
  const parts = /^https:\/\/([a-z0-9.-]+)\/secrets\/[0-9a-z-]+(\/[0-9a-z]*)?$/i.exec(url ?? "");
  return parts?.[1] ?? "";
}

export const taskCredentialsFromVault = resourceRule({
  name: "task-credentials-from-vault",
  description: "A task takes its registry logins from a vault, as itself, and from nowhere else.",
  severity: "high",
  remediationSteps:
    "Keep user name and password as two secrets of a vault; give their URLs with type Vaultsecret, and the identity that may read them.",
  settings: {
    vaults: texts("Hosts of vaults; * stands for any characters but dots", "*.vault.azure.net"),
  },
  kinds: [taskKind],
  check({ credentials }: TaskProps, { settings, report }) {
    checkEach(credentials?.customRegistries, (login: RegistryLogin, loginServer) => {
      const path = `credentials.customRegistries["${loginServer}"]`;
      const { userName, password, identity } = login;
      // Values are never told: a password that stands in the wrong place is still a password.
      const checkObject = (key: string, object: SecretObject): void => {
        if (!isVaultSecret(object))
          report(
            `${path}.${key} is of type ${object.type ?? "none"}; keep it in a vault (Vaultsecret)`,
          );
        else if (!matchesAny(settings.vaults, vaultHost(object.value)))
          report(`${path}.${key} is no secret's URL in ${settings.vaults.join(", ")}`);
      };
      checkAll([
        () => {
          if (!userName !== !password)
            report(`${path} has a ${userName ? "userName" : "password"} only; give both`);
        },
        () => {
          if (!identity) report(`${path} has no identity; name the task's own as [system]`);
        },
        () => userName && checkObject("userName", userName),
        () => password && checkObject("password", password),
      ]);
    });
  },
});
