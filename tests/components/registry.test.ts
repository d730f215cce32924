// Does not prove that Azure enforces these rules, nor that it takes them together.
import assert from "node:assert/strict";
import type { RegistryOptions } from "../../components/parts/platform";
import { keepingPolicies, Registry } from "../../components/parts/registry";
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
          registries: options,
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
      publicNetworkAccess: "Enabled",
      // From here on the SDK's own defaults.
      networkRuleBypassOptions: "AzureServices",
      zoneRedundancy: "Disabled",
    });
  });

  it("is of a cheaper tier when asked for, with nothing that only Premium has", async () => {
    for (const tier of ["Standard", "Basic"] as const) {
      const { inputs } = (await make({ tier })).the("Registry", "team");
      assert.deepEqual(inputs["sku"], { name: tier });
      assert.deepEqual(inputs["policies"], {
        softDeletePolicy: { status: "enabled", retentionDays: 7 },
      });
    }
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
