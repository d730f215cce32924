// Does not prove that Azure enforces any of it, nor that tasks work behind closed doors.
import assert from "node:assert/strict";
import type { Declared } from "../declare";
import { setValues } from "../fixtures";
import { run, type Outputs } from "./program";

const subnet =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/s";
const workspace =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/w";

describe("tags and protection", () => {
  let program: Declared<Outputs>;
  before(async () => {
    program = await run({ tags: { owner: "web", "cost.center": "7:b" }, protect: true });
  });

  it("reach all that takes tags, and a secret's own stay", () => {
    const tagged = [
      "ResourceGroup",
      "Registry",
      "Task",
      "ContainerGroup",
      "Vault",
      "Secret",
    ].flatMap((kind) => program.kinds(kind));
    assert.equal(tagged.length, 5 + 3 + 3 + 1 + 1 + 9);
    for (const { kind, name, inputs } of tagged) {
      const tags = inputs["tags"] as Record<string, string>;
      assert.deepEqual([tags["owner"], tags["cost.center"]], ["web", "7:b"], `${kind} ${name}`);
    }
    const { tags } = program.the("Secret", "public-pull-password").inputs;
    assert.equal((tags as Record<string, string>)["generation"], "first");
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
      program.all.filter(({ protect }) => protect).map(({ kind, name }) => `${kind} ${name}`),
      [
        "Vault vault",
        "Registry public",
        "Registry base-artifacts",
        "Registry hello-world-registry",
      ],
    );
  });

  it("are nowhere unless asked for", async () => {
    const bare = await run();
    assert.deepEqual(
      bare.all.filter(
        ({ protect, kind, inputs }) => protect || (kind !== "Secret" && "tags" in inputs),
      ),
      [],
    );
  });
});

describe("closed registries", () => {
  it("have a private endpoint each, and no public address but for the listed ranges", async () => {
    const registries = { privateEndpointSubnet: subnet, zoneRedundant: true, retentionDays: 30 };
    const closed = await run({ registries });
    assert.deepEqual(
      closed.kinds("PrivateEndpoint").map(({ parent }) => parent),
      ["public", "base-artifacts", "hello-world-registry"],
    );
    const open = await run({ registries: { ...registries, allowedIpRanges: ["203.0.113.0/24"] } });
    for (const [program, access] of [
      [closed, "Disabled"],
      [open, "Enabled"],
    ] as const)
      for (const { inputs } of program.kinds("Registry")) {
        assert.equal(inputs["publicNetworkAccess"], access);
        assert.equal(inputs["zoneRedundancy"], "Enabled");
        assert.match(JSON.stringify(inputs["policies"]), /"days":30/);
        assert.equal("networkRuleSet" in inputs, access === "Enabled");
      }
  });
});

describe("a Log Analytics workspace", () => {
  it("hears of every registry and of the vault", async () => {
    const program = await run({ logAnalyticsWorkspace: workspace });
    assert.deepEqual(
      program.kinds("DiagnosticSetting").map(({ name, inputs }) => [name, inputs["workspaceId"]]),
      ["vault-log", "public-log", "base-artifacts-log", "hello-world-registry-log"].map((name) => [
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
      `registry-${start}-abc123-user`,
      `registry-${start}-abc123-password`,
    ];
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
