// Does not prove that Azure enforces any of it.
import assert from "node:assert/strict";
import type { Declared } from "../declare";
import { setValues } from "../fixtures";
import { secretWriters } from "../writtenSecrets";
import { variablesOf } from "../firstRuns";
import { run, type Outputs } from "./program";

const workspace =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w";

describe("tags and protection", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run({ tags: { owner: "web", "cost.center": "7:b" }, protect: true });
  });

  it("reach all that takes tags, and every secret", () => {
    const tagged = ["ResourceGroup", "Registry", "Task", "ContainerGroup", "Vault"].flatMap(
      (kind) => program.kinds(kind),
    );
    assert.equal(tagged.length, 5 + 3 + 3 + 1 + 1);
    for (const { kind, name, inputs } of tagged) {
      const tags = inputs["tags"] as Record<string, string>;
      assert.deepEqual([tags["owner"], tags["cost.center"]], ["web", "7:b"], `${kind} ${name}`);
    }
    const written = secretWriters(program).map((one) => variablesOf(one)["TAGS"]);
    assert.deepEqual(written, Array(6).fill('{"owner":"web","cost.center":"7:b"}'));
    const others = program.all.filter(
      ({ inputs }) => "tags" in inputs && !tagged.some((one) => one.inputs === inputs),
    );
    assert.deepEqual(others, []);
  });

  it("go with the app's deployments, which put a new container group over the old one", () => {
    const { inputs } = program.the("Task", "hello-world");
    assert.equal(setValues(inputs)["TAGS"], "owner=web cost.center=7:b");
    const { ignoreChanges } = program.the("ContainerGroup", "hello-world-aci");
    assert.ok(ignoreChanges.includes("tags"));
  });

  it("keep registries and vault from being deleted, and nothing that comes and goes", () => {
    assert.deepEqual(
      program.all
        .filter(({ protect }) => protect)
        .map(({ kind, name }) => `${kind} ${name}`)
        .sort(),
      [
        "Registry base-artifacts",
        "Registry hello-world-registry",
        "Registry public",
        "Vault vault",
      ],
    );
  });

  it("are nowhere unless asked for", async () => {
    const bare = await run();
    assert.deepEqual(
      bare.all.filter(({ protect, inputs }) => protect || "tags" in inputs),
      [],
    );
  });
});

describe("what is set for registries", () => {
  it("holds for each of them", async () => {
    const cheap = await run({ registries: { tier: "Basic" } });
    const kept = await run({ registries: { retentionDays: 30 } });
    for (const { inputs } of cheap.kinds("Registry"))
      assert.deepEqual(inputs["sku"], { name: "Basic" });
    for (const { inputs } of kept.kinds("Registry")) {
      assert.deepEqual(inputs["sku"], { name: "Premium" });
      assert.match(JSON.stringify(inputs["policies"]), /"days":30/);
    }
    assert.deepEqual([cheap.kinds("Registry").length, kept.kinds("Registry").length], [3, 3]);
  });
});

describe("a Log Analytics workspace", () => {
  it("hears of every registry and of the vault", async () => {
    const program = await run({ logAnalyticsWorkspace: workspace });
    assert.deepEqual(
      program
        .kinds("DiagnosticSetting")
        .map(({ name, inputs }) => [name, inputs["workspaceId"]])
        .sort(),
      ["base-artifacts-log", "hello-world-registry-log", "public-log", "vault-log"].map((name) => [
        name,
        workspace,
      ]),
    );
  });
});

describe("a vault of roles", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run({ vault: { rbac: true, purgeProtection: true } });
  });

  it("has no access policy, and cannot be purged", () => {
    assert.equal(program.kinds("AccessPolicy").length, 0);
    const { properties } = program.the("Vault", "vault").inputs;
    const { enableRbacAuthorization, enablePurgeProtection } = properties as Record<
      string,
      unknown
    >;
    assert.deepEqual([enableRbacAuthorization, enablePurgeProtection], [true, true]);
  });

  it("lets each task read the secrets that it uses, and no other secret", () => {
    const reads: Record<string, string[]> = {};
    for (const { inputs } of program.kinds("RoleAssignment")) {
      const [, secret] = /\/secrets\/(.+)$/.exec(String(inputs["scope"])) ?? [];
      if (!secret) continue;
      assert.match(String(inputs["roleDefinitionId"]), /4633458b-17de-408a-b874-0445c86b69e6$/);
      (reads[String(inputs["principalId"])] ??= []).push(secret);
    }
    const both = (start: string): string[] => [
      `registry-${start}-password`,
      `registry-${start}-user`,
    ];
    for (const secrets of Object.values(reads)) secrets.sort();
    assert.deepEqual(reads, {
      "principal-of-node-public": both("dockerhub"),
      "principal-of-base-import-node": both("contosopublicabc123"),
      "principal-of-hello-world": [
        ...both("contosobaseartifactsabc123"),
        ...both("contosohelloworldabc123"),
      ],
    });
  });

  it("is ready for a task's first run when its roles are given", () => {
    const { waitsFor } = program.the("Command", "hello-world-first-run");
    for (const number of [1, 2, 3, 4])
      assert.ok(waitsFor.has(`RoleAssignment hello-world-reads-vault-${number}`));
  });
});
