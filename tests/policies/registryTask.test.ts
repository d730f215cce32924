// Does not prove that the vault holds the secrets or that the identity may read them.
import assert from "node:assert/strict";
import { taskCredentialsFromVault, taskManagedIdentity } from "../../policies/registryTask";
import { judge, unknown, unknownBag, type Verdict } from "./harness";

const task = (props: Record<string, unknown>) => ({
  type: "containerregistry:Task",
  name: "hello-world",
  props,
});

describe("task-managed-identity", () => {
  const judgeType = (type: string, config = {}): Promise<Verdict> =>
    judge(taskManagedIdentity, task({ identity: { type } }), config);

  it("lets a task pass that has an identity of either kind, or both", async () => {
    for (const type of ["SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"])
      assert.deepEqual(await judgeType(type), { violations: [] });
  });

  it("tells a task without an identity what it may have", async () => {
    const violations = [
      "hello-world: identity.type is None; allowed: SystemAssigned, UserAssigned",
    ];
    assert.deepEqual(await judge(taskManagedIdentity, task({})), { violations });
    assert.deepEqual(await judgeType("None"), { violations });
  });

  it("can be narrowed to identities that go with their task", async () => {
    const config = { identityTypes: ["SystemAssigned"] };
    assert.deepEqual(await judgeType("SystemAssigned, UserAssigned", config), {
      violations: [
        "hello-world: identity.type is SystemAssigned, UserAssigned; allowed: SystemAssigned",
      ],
    });
  });

  it("says that a preview does not know the identity yet", async () => {
    assert.deepEqual(await judge(taskManagedIdentity, task({ identity: unknownBag })), {
      violations: [],
      unknown: "identity",
    });
  });
});

describe("task-credentials-from-vault", () => {
  const url = "https://contoso-vault.vault.azure.net/secrets/registry-base-password";
  const fromVault = { type: "Vaultsecret", value: url };
  const good = { userName: fromVault, password: fromVault, identity: "[system]" };
  const judgeLogin = (login: unknown, config = {}): Promise<Verdict> =>
    judge(
      taskCredentialsFromVault,
      task({ credentials: { customRegistries: { "base.azurecr.io": login } } }),
      config,
    );
  const path = 'hello-world: credentials.customRegistries["base.azurecr.io"]';

  it("lets logins of a vault pass, with or without a version, and a login by identity alone", async () => {
    assert.deepEqual(await judgeLogin(good), { violations: [] });
    const version = { ...fromVault, value: `${url}/0123456789abcdef0123456789abcdef` };
    assert.deepEqual(await judgeLogin({ ...good, password: version }), { violations: [] });
    assert.deepEqual(await judgeLogin({ identity: "[system]" }), { violations: [] });
    assert.deepEqual(await judge(taskCredentialsFromVault, task({})), { violations: [] });
  });

  it("refuses a password that stands in the task, without telling it", async () => {
    const opaque = { type: "Opaque", value: "hunter2" };
    assert.deepEqual(await judgeLogin({ ...good, password: opaque }), {
      violations: [`${path}.password is of type Opaque; keep it in a vault (Vaultsecret)`],
    });
    assert.deepEqual(await judgeLogin({ ...good, userName: { value: "me" } }), {
      violations: [`${path}.userName is of type none; keep it in a vault (Vaultsecret)`],
    });
  });

  it("refuses what is called a vault secret and is no URL of one", async () => {
    for (const value of ["hunter2", "https://evil.example/secrets/name", undefined])
      assert.deepEqual(await judgeLogin({ ...good, password: { type: "Vaultsecret", value } }), {
        violations: [`${path}.password is no secret's URL in *.vault.azure.net`],
      });
  });

  it("tells what is missing of a login", async () => {
    assert.deepEqual(await judgeLogin({ userName: fromVault }), {
      violations: [
        `${path} has a userName only; give both`,
        `${path} has no identity; name the task's own as [system]`,
      ],
    });
    assert.deepEqual(await judgeLogin({ password: fromVault, identity: "[system]" }), {
      violations: [`${path} has a password only; give both`],
    });
  });

  it("can be narrowed to the company's vaults", async () => {
    assert.deepEqual(await judgeLogin(good, { vaults: ["prod.vault.azure.net"] }), {
      violations: [
        `${path}.userName is no secret's URL in prod.vault.azure.net`,
        `${path}.password is no secret's URL in prod.vault.azure.net`,
      ],
    });
  });

  it("finds a bad login beside a value that a preview does not know", async () => {
    const unknownUrl = { type: "Vaultsecret", value: unknown };
    assert.deepEqual(
      await judgeLogin({ userName: unknownUrl, password: { type: "Opaque", value: unknown } }),
      {
        violations: [
          `${path} has no identity; name the task's own as [system]`,
          `${path}.password is of type Opaque; keep it in a vault (Vaultsecret)`,
        ],
        unknown: "credentials.customRegistries.base.azurecr.io.userName.value",
      },
    );
    assert.deepEqual(
      await judge(
        taskCredentialsFromVault,
        task({ credentials: { customRegistries: unknownBag } }),
      ),
      { violations: [], unknown: "credentials.customRegistries" },
    );
  });
});
