// Does not look into roles that a company defines itself.
import assert from "node:assert/strict";
import { roleNotPrivileged, roleScopeNarrow, scopeLevel } from "../../policies/authorization";
import { judge, unknown, type Verdict } from "./harness";

const subscription = "/subscriptions/11111111-1111-4111-8111-111111111111";
const assignment = (props: Record<string, unknown>) => ({
  type: "authorization:RoleAssignment",
  name: "deploys",
  props,
});

describe("role-not-privileged", () => {
  const judgeRole = (id: string, config = {}): Promise<Verdict> =>
    judge(
      roleNotPrivileged,
      assignment({
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`,
      }),
      config,
    );
  const contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c";

  it("lets a narrow role pass, and by default Contributor, who hands out no roles", async () => {
    assert.deepEqual(await judgeRole("5d977122-f97e-4b4d-a52f-6b43003ddb4d"), { violations: [] });
    assert.deepEqual(await judgeRole(contributor), { violations: [] });
    assert.deepEqual(await judge(roleNotPrivileged, assignment({})), { violations: [] });
  });

  it("calls a role that hands out roles by its name", async () => {
    const roles = {
      "8E3AF657-A8FF-443C-A75C-2FE8C4BCB635": "Owner",
      "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
      "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    };
    for (const [id, role] of Object.entries(roles))
      assert.deepEqual(await judgeRole(id), {
        violations: [`deploys: gives the role ${role}; take the narrowest role that works`],
      });
  });

  it("can be told to deny others", async () => {
    const own = "99999999-9999-4999-8999-999999999999";
    const config = { deniedRoles: [contributor.toUpperCase(), own] };
    assert.deepEqual(await judgeRole(contributor, config), {
      violations: ["deploys: gives the role Contributor; take the narrowest role that works"],
    });
    assert.deepEqual(await judgeRole(own, config), {
      violations: [`deploys: gives the role ${own}; take the narrowest role that works`],
    });
  });

  it("says that a preview does not know the role yet", async () => {
    assert.deepEqual(await judge(roleNotPrivileged, assignment({ roleDefinitionId: unknown })), {
      violations: [],
      unknown: "roleDefinitionId",
    });
  });
});

describe("role-scope-narrow", () => {
  const judgeScope = (scope: string | undefined, config = {}): Promise<Verdict> =>
    judge(roleScopeNarrow, assignment({ scope }), config);
  const group = `${subscription}/resourceGroups/hello-world-rg`;
  const resource = `${group}/providers/Microsoft.ContainerRegistry/registries/team`;

  it("lets a role on a resource group or a resource pass", async () => {
    assert.deepEqual(await judgeScope(group), { violations: [] });
    assert.deepEqual(await judgeScope(resource), { violations: [] });
  });

  it("says what a scope that is too wide is", async () => {
    const management = "/providers/Microsoft.Management/managementGroups/contoso";
    const levels = {
      [subscription]: "subscription",
      [management]: "management group",
      "/": "tree",
    };
    for (const [scope, level] of Object.entries(levels))
      assert.deepEqual(await judgeScope(scope), {
        violations: [
          `deploys: scope ${scope} is the whole ${level}; allowed: a resource or a resource group`,
        ],
      });
    assert.deepEqual(await judgeScope(undefined), {
      violations: ["deploys: scope / is the whole tree; allowed: a resource or a resource group"],
    });
  });

  it("reads a scope however it is written", () => {
    assert.equal(scopeLevel(`${subscription.slice(1).toUpperCase()}/`), "subscription");
    assert.equal(scopeLevel(`${group.slice(1)}/`), "resource group");
    assert.equal(scopeLevel(`${subscription}/providers/Microsoft.X/things/1`), "resource");
  });

  it("can be narrowed to single resources", async () => {
    const config = { widestScope: "resource" };
    assert.deepEqual(await judgeScope(group, config), {
      violations: [`deploys: scope ${group} is the whole resource group; allowed: a resource`],
    });
    assert.deepEqual(await judgeScope(resource, config), { violations: [] });
  });

  it("says that a preview does not know the scope yet", async () => {
    assert.deepEqual(await judgeScope(unknown), { violations: [], unknown: "scope" });
  });
});
