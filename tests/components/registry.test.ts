// Does not prove that Azure enforces these rules, nor that it takes them together.
import assert from "node:assert/strict";
import type { RegistryOptions } from "../../components/parts/platform";
import { keepingPolicies, networkRules, Registry } from "../../components/parts/registry";
import { registryId } from "./azureIds";
import { declare, type Declared } from "./declare";
import { location } from "./fixtures";

const make = (options: Partial<RegistryOptions> = {}): Promise<Declared<Registry>> =>
  declare(
    () =>
      new Registry("team", {
        registryName: "teamregistry",
        platform: {
          location,
          registries: { zoneRedundant: false, allowedIpRanges: [], ...options },
        },
      }),
  );

describe("Registry", () => {
  it("is Premium, with no admin user and no anonymous pull, in a resource group of its own", async () => {
    const declared = await make();
    assert.deepEqual(
      declared.all.filter(({ type }) => type.startsWith("azure")).map(({ kind }) => kind),
      ["ResourceGroup", "Registry"],
    );
    assert.deepEqual(declared.the("ResourceGroup", "team-rg").inputs, {
      resourceGroupName: "teamregistry-rg",
      location,
    });
    assert.deepEqual(declared.the("Registry", "team").inputs, {
      registryName: "teamregistry",
      resourceGroupName: "teamregistry-rg",
      location,
      sku: { name: "Premium" },
      adminUserEnabled: false,
      anonymousPullEnabled: false,
      policies: {
        softDeletePolicy: { status: "enabled", retentionDays: 7 },
        // The days are the SDK's own default.
        retentionPolicy: { status: "disabled", days: 7 },
      },
      zoneRedundancy: "Disabled",
      publicNetworkAccess: "Enabled",
      networkRuleBypassOptions: "AzureServices",
    });
  });

  it("is spread over zones when asked for", async () => {
    const declared = await make({ zoneRedundant: true });
    assert.equal(declared.the("Registry", "team").inputs["zoneRedundancy"], "Enabled");
  });

  it("has a private endpoint when a subnet is given", async () => {
    const subnet = "/subscriptions/s/subnets/private";
    const declared = await make({ privateEndpointSubnet: subnet });
    const { inputs, parent } = declared.the("PrivateEndpoint", "team-endpoint");
    assert.equal(parent, "team");
    assert.deepEqual(inputs, {
      privateEndpointName: "teamregistry-endpoint",
      resourceGroupName: "teamregistry-rg",
      location,
      subnet: {
        id: subnet,
        // From here on the SDK's own defaults.
        privateEndpointNetworkPolicies: "Disabled",
        privateLinkServiceNetworkPolicies: "Enabled",
      },
      privateLinkServiceConnections: [
        {
          name: "teamregistry-endpoint",
          privateLinkServiceId: registryId("teamregistry"),
          groupIds: ["registry"],
        },
      ],
    });
    assert.equal(declared.the("Registry", "team").inputs["publicNetworkAccess"], "Disabled");
  });

  it("reports logins and pushes when a workspace is given", async () => {
    const declared = await make({ logAnalyticsWorkspace: "/subscriptions/s/workspaces/w" });
    assert.deepEqual(declared.the("DiagnosticSetting", "team-log").inputs, {
      name: "gated-imports",
      resourceUri: registryId("teamregistry"),
      workspaceId: "/subscriptions/s/workspaces/w",
      logs: [{ categoryGroup: "allLogs", enabled: true }],
    });
  });
});

describe("deleted images", () => {
  it("can be restored for as long as asked for", () => {
    assert.deepEqual(keepingPolicies({ softDeleteDays: 90 }).softDeletePolicy, {
      status: "enabled",
      retentionDays: 90,
    });
  });

  it("make room after the retention instead, since Azure refuses both", () => {
    assert.deepEqual(keepingPolicies({ retentionDays: 30 }), {
      softDeletePolicy: { status: "disabled" },
      retentionPolicy: { status: "enabled", days: 30 },
    });
  });
});

describe("the network rules of a registry", () => {
  const rules = {
    defaultAction: "Deny",
    ipRules: [
      { action: "Allow", iPAddressOrRange: "203.0.113.7" },
      { action: "Allow", iPAddressOrRange: "10.0.0.0/8" },
    ],
  };
  const ranges = ["203.0.113.7", "10.0.0.0/8"];
  const cases: [string, Parameters<typeof networkRules>[0], object][] = [
    [
      "keep nobody out unless asked to",
      { allowedIpRanges: [] },
      { publicNetworkAccess: "Enabled" },
    ],
    [
      "keep everybody out who has no private way where there is one",
      { allowedIpRanges: [], privateEndpointSubnet: "subnet" },
      { publicNetworkAccess: "Disabled" },
    ],
    [
      "keep out all but the ranges",
      { allowedIpRanges: ranges },
      { publicNetworkAccess: "Enabled", networkRuleSet: rules },
    ],
    [
      "leave the ranges a way in beside the private one",
      { allowedIpRanges: ranges, privateEndpointSubnet: "subnet" },
      { publicNetworkAccess: "Enabled", networkRuleSet: rules },
    ],
  ];
  for (const [title, options, expected] of cases)
    it(`${title}, and never Azure's own services`, () => {
      assert.deepEqual(networkRules(options), {
        ...expected,
        networkRuleBypassOptions: "AzureServices",
      });
    });
});
