/** Rules about registries. */
import { registryKind, resourceRule } from "./parts/rule";

interface RegistryProps {
  adminUserEnabled?: boolean;
  anonymousPullEnabled?: boolean;
}

const kinds = [registryKind];

export const registryNoAdminUser = resourceRule({
  name: "registry-no-admin-user",
  description: "A registry has no admin user: one shared password that may do everything.",
  severity: "high",
  remediationSteps:
    "Leave adminUserEnabled out or set it to false. Give people roles, and what pulls a token with a scope map.",
  settings: {},
  kinds,
  check({ adminUserEnabled }: RegistryProps, { report }) {
    if (adminUserEnabled)
      report("adminUserEnabled is true; leave it out and use tokens that are scoped to pull");
  },
});

export const registryNoAnonymousPull = resourceRule({
  name: "registry-no-anonymous-pull",
  description: "A registry serves nobody who has not signed in.",
  severity: "high",
  remediationSteps:
    "Leave anonymousPullEnabled out or set it to false. Give what pulls a token with a scope map.",
  settings: {},
  kinds,
  check({ anonymousPullEnabled }: RegistryProps, { report }) {
    if (anonymousPullEnabled)
      report("anonymousPullEnabled is true; leave it out and use tokens that are scoped to pull");
  },
});
