// Does not prove that the plan is right; the tests of the plan and of the stack do.
import assert from "node:assert/strict";
import { describePlan } from "../../../local/cli/planReport";
import type { Plan, PlannedChange } from "../../../local/pulumi/plan";

const app = { type: "gated-imports:index:TeamApp", name: "hello-world" };
const simulator = { type: "gated-imports:index:PublicSimulator", name: "public" };
const vault = { type: "gated-imports:index:SecretVault", name: "vault" };

const change = (
  operation: string,
  type: string,
  name: string,
  more: Partial<PlannedChange> = {},
): PlannedChange => ({
  urn: `urn:${type}::${name}`,
  operation,
  type,
  name,
  properties: [],
  ...more,
});

const registry = "azure-native:containerregistry:Registry";
const secret = "azure-native:keyvault:Secret";
const containerGroup = "azure-native:containerinstance:ContainerGroup";

function described(changes: PlannedChange[], more: Partial<Plan> = {}): string[] {
  const plan = { changes, drift: [], unchanged: 7, upToDate: false, ...more };
  return describePlan(plan).split("\n");
}

describe("cli/plan report", () => {
  it("tells a first up by component in a few lines, though it has dozens of resources", () => {
    const secrets = Array.from({ length: 30 }, (_, i) =>
      change("create", secret, `s${i}`, { owner: vault }),
    );
    const lines = described(
      [
        change("create", "pulumi:pulumi:Stack", "p-local"),
        change("create", "pulumi:providers:azure-native", "default"),
        change("create", app.type, app.name, { owner: app }),
        change("create", "gated-imports:index:AppHost", "h", { owner: app }),
        change("create", containerGroup, "h", { owner: app }),
        change("create", vault.type, vault.name, { owner: vault }),
        ...secrets,
        change("create", "azure-native:keyvault:Vault", "vault", { owner: vault }),
        change("create", "random:index/randomString:RandomString", "suffix"),
      ],
      { unchanged: 0 },
    );
    assert.deepEqual(lines, [
      "`npm run local -- up` would:",
      "",
      "Beside the components",
      "  + create RandomString suffix",
      "SecretVault vault",
      "  + create all of it, 31 resources:",
      "      30 Secret, Vault",
      "TeamApp hello-world",
      "  + create all of it, 1 resource:",
      "      ContainerGroup",
      "",
      "37 to create (components among them)",
    ]);
  });

  it("says which task up would run, also one whose last run failed", () => {
    const command = "command:local:Command";
    const lines = described([
      change("create", command, "node-public-first-run", { owner: simulator }),
      change("update", command, "hello-world-first-run", { owner: app }),
      change("update", command, "hello-world-pull-password", { owner: app }),
      change("delete", command, "old-first-run", { owner: app }),
      change("update", registry, "a-first-run", { owner: app }),
    ]);
    assert.deepEqual(
      lines.filter((line) => line.includes("-")),
      [
        "`npm run local -- up` would:",
        "  + create local.Command node-public-first-run (runs the task node-public)",
        "TeamApp hello-world",
        "  ~ update containerregistry.Registry a-first-run",
        "  ~ update local.Command hello-world-first-run (runs the task hello-world)",
        "  ~ update local.Command hello-world-pull-password",
        "  - delete local.Command old-first-run",
      ],
    );
  });

  it("shows each value before and after, and of a secret only that it changes", () => {
    const lines = described([
      change("update", "azure-native:containerregistry:Task", "node-public", {
        owner: simulator,
        properties: [
          { path: "step.values[0].value", kind: "update", before: '"22"', after: '"23"' },
          { path: "step.contextAccessToken", kind: "update", secret: true },
          { path: "tags.team", kind: "add", after: '"red"' },
          { path: "tags.by", kind: "delete", before: '"hand"' },
          { path: "identity", kind: "update", before: "1", after: "(known after up)" },
        ],
      }),
    ]);
    assert.deepEqual(lines.slice(2), [
      "PublicSimulator public",
      "  ~ update containerregistry.Task node-public",
      '      step.values[0].value: "22" -> "23"',
      "      step.contextAccessToken: changed [secret]",
      '      tags.team: added "red"',
      '      tags.by: removed "hand"',
      "      identity: 1 -> (known after up)",
      "",
      "1 to update, 7 unchanged",
    ]);
  });

  it("marks a replacement with what makes it one, and leaves out what merely follows from another", () => {
    const lines = described([
      change("replace", registry, "public", {
        owner: simulator,
        azureName: "contosopublic",
        properties: [
          { path: "registryName", kind: "update", before: '"a"', after: '"b"', replaces: true },
        ],
      }),
      change("replace", "azure-native:containerregistry:Token", "pull", {
        owner: simulator,
        properties: [
          { path: "registryName", kind: "update", before: '"a"', after: "(known after up)" },
        ],
      }),
    ]);
    assert.deepEqual(lines.slice(2), [
      "PublicSimulator public",
      "  ± replace containerregistry.Registry public (deleted and made anew)",
      '      registryName: "a" -> "b"  (makes it new)',
      "  ± replace containerregistry.Token pull (deleted and made anew, with what it depends on)",
      "",
      "What up would take away:",
      "  ! registry contosopublic is replaced: its images go with it",
      "",
      "2 to replace, 7 unchanged",
    ]);
  });

  it("warns of images, addresses, the vault and apps that an up would take away", () => {
    const lines = described([
      change("delete", app.type, app.name, { owner: app }),
      change("delete", registry, "r", { owner: app, azureName: "contosohello" }),
      change("delete", containerGroup, "g", { owner: app, azureName: "hello-aci" }),
      change("delete", secret, "s", { owner: app, retained: true }),
      change("replace", containerGroup, "other", { owner: { ...app, name: "other" } }),
      change("replace", "azure-native:keyvault:Vault", "vault", { owner: vault }),
    ]);
    assert.deepEqual(lines.slice(2, 9), [
      "SecretVault vault",
      "  ± replace keyvault.Vault vault (deleted and made anew, with what it depends on)",
      "TeamApp hello-world",
      "  - delete all of it, 3 resources, 1 of which stay in Azure:",
      "      ContainerGroup, Registry, Secret",
      "TeamApp other",
      "  ± replace containerinstance.ContainerGroup other (deleted and made anew, with what it depends on)",
    ]);
    assert.deepEqual(lines.slice(9), [
      "",
      "What up would take away:",
      "  ! app hello-world is removed",
      "  ! registry contosohello is deleted: its images go with it",
      "  ! the page of hello-world goes: container group hello-aci is deleted",
      "  ! the page of other gets another address: container group other is replaced",
      "  ! vault vault is replaced: its secrets go with it, and its name stays taken while it is soft-deleted",
      "",
      "2 to replace, 4 to delete, 7 unchanged (components among them)",
    ]);
  });

  it("counts drift apart from what up would do", () => {
    const drift = [change("delete", secret, "gone"), change("update", registry, "r")];
    const lines = described([change("create", secret, "gone", { owner: vault })], { drift });
    assert.equal(lines[0], "Changed in Azure since the last update (drift):");
    assert.equal(lines.at(-1), "1 to create, 7 unchanged; 2 drifted");
  });

  it("shows the first eight properties and counts the others", () => {
    const properties = Array.from({ length: 10 }, (_, i) => ({
      path: `p${i}`,
      kind: "update" as const,
    }));
    const lines = described([change("update", registry, "r", { properties })]);
    assert.deepEqual(lines.slice(-5), [
      "      p6: changed",
      "      p7: changed",
      "      and 2 other properties",
      "",
      "1 to update, 7 unchanged",
    ]);
  });

  it("tells a change of Pulumi's own where there is no other", () => {
    const lines = described([change("update", "pulumi:providers:azure-native", "default")]);
    assert.deepEqual(lines.slice(2, 4), [
      "Beside the components",
      "  ~ update providers.azure-native default",
    ]);
  });
});
