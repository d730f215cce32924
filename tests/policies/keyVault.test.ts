// Does not look at roles: a vault in RBAC mode has no access policies.
import assert from "node:assert/strict";
import { vaultAccessGetOnly } from "../../policies/keyVault";
import { judge, unknown, unknownBag, unknownList, type Verdict } from "./harness";

const objectId = "33333333-3333-4333-8333-333333333333";
const judgePolicy = (permissions: unknown, config = {}, id = objectId): Promise<Verdict> =>
  judge(
    vaultAccessGetOnly,
    {
      type: "keyvault:AccessPolicy",
      name: "task-reads-vault",
      props: { policy: { objectId: id, permissions } },
    },
    config,
  );
const given = (what: string, allowed = "get"): string =>
  `task-reads-vault: ${objectId} is given ${what}; allowed is ${allowed} on secrets, and nothing else`;

describe("vault-access-get-only", () => {
  it("lets an identity get secrets, or nothing at all", async () => {
    for (const permissions of [{ secrets: ["get"] }, { secrets: ["Get"], keys: [] }, {}, undefined])
      assert.deepEqual(await judgePolicy(permissions), { violations: [] });
  });

  it("names each right that is too much", async () => {
    assert.deepEqual(
      await judgePolicy({ secrets: ["get", "list", "all"], certificates: ["get"] }),
      {
        violations: [
          given("list on secrets"),
          given("all on secrets"),
          given("get on certificates"),
        ],
      },
    );
  });

  it("looks at the policies that a vault declares itself", async () => {
    const accessPolicies = [
      { objectId, permissions: { secrets: ["get"] } },
      { objectId, permissions: { keys: ["unwrapKey"] } },
    ];
    const vault = (properties: unknown) => ({
      type: "keyvault:Vault",
      name: "task-reads-vault",
      props: { properties },
    });
    assert.deepEqual(await judge(vaultAccessGetOnly, vault({ accessPolicies })), {
      violations: [given("unwrapKey on keys")],
    });
    assert.deepEqual(await judge(vaultAccessGetOnly, vault({})), { violations: [] });
    assert.deepEqual(await judge(vaultAccessGetOnly, vault(undefined)), { violations: [] });
  });

  it("can allow more, or nothing, and can exempt whoever writes the secrets", async () => {
    const list = { secrets: ["get", "list"] };
    assert.deepEqual(await judgePolicy(list, { secretPermissions: ["get", "list"] }), {
      violations: [],
    });
    assert.deepEqual(await judgePolicy({ secrets: ["get"] }, { secretPermissions: [] }), {
      violations: [given("get on secrets", "nothing")],
    });
    const config = { exemptPrincipals: [objectId] };
    assert.deepEqual(await judgePolicy(list, config), { violations: [] });
    assert.equal((await judgePolicy(list, config, "someone-else")).violations.length, 1);
  });

  it("reports rights of an identity that a preview does not know, unless it could be exempt", async () => {
    assert.deepEqual(await judgePolicy({ secrets: ["set"] }, {}, unknown), {
      violations: [
        "task-reads-vault: an identity not known yet is given set on secrets; allowed is get on secrets, and nothing else",
      ],
    });
    assert.deepEqual(
      await judgePolicy({ secrets: ["set"] }, { exemptPrincipals: [objectId] }, unknown),
      { violations: [], unknown: "policy.objectId" },
    );
  });

  it("says which rights a preview does not know yet", async () => {
    assert.deepEqual(await judgePolicy({ secrets: unknownList, keys: ["get"] }), {
      violations: [given("get on keys")],
      unknown: "policy.permissions.secrets",
    });
    assert.deepEqual(await judgePolicy(unknownBag), {
      violations: [],
      unknown: "policy.permissions",
    });
  });
});
