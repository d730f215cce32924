// Does not prove that the task builds anything: that is the repository's acr-task.yaml and Azure's part.
import assert from "node:assert/strict";
import type { PublicSimulator } from "../../components/publicSimulator";
import { declare, valueOf, type Declared } from "./declare";
import { location, makePublicSimulator, makeVault } from "./fixtures";

describe("PublicSimulator", () => {
  let declared: Declared<PublicSimulator>;
  before(async () => {
    declared = await declare(() => makePublicSimulator(makeVault()));
  });

  it("is a Premium registry without an admin user, in its own resource group", () => {
    assert.equal(declared.kinds("Registry").length, 1);
    assert.deepEqual(declared.the("Registry", "public").inputs, {
      registryName: "publicregistry",
      resourceGroupName: "publicregistry-rg",
      location,
      sku: { name: "Premium" },
      adminUserEnabled: false,
      // From here on the SDK's own defaults.
      anonymousPullEnabled: false,
      networkRuleBypassOptions: "AzureServices",
      publicNetworkAccess: "Enabled",
      zoneRedundancy: "Disabled",
    });
    assert.deepEqual(declared.the("ResourceGroup", "public-rg").inputs, {
      resourceGroupName: "publicregistry-rg",
      location,
    });
  });

  it("builds the base image on commits and new upstream images, with the Docker Hub login from the vault", () => {
    const { type, inputs, secrets } = declared.the("Task", "node-public");
    assert.equal(type, "azure-native:containerregistry:Task");
    assert.deepEqual(inputs, {
      taskName: "node-public",
      registryName: "publicregistry",
      resourceGroupName: "publicregistry-rg",
      location,
      status: "Enabled",
      isSystemTask: false,
      identity: { type: "SystemAssigned" },
      platform: { os: "Linux", architecture: "amd64" },
      agentConfiguration: { cpu: 2 },
      timeout: 3600,
      step: {
        type: "FileTask",
        taskFilePath: "acr-task.yaml",
        contextPath: "https://github.com/contoso/base-image-node.git#release",
        contextAccessToken: "git-token",
        values: [
          { name: "REGISTRY_FROM_URL", value: "docker.io/", isSecret: false },
          { name: "IMAGE", value: "node", isSecret: false },
          { name: "TAG", value: "22-alpine", isSecret: false },
        ],
      },
      trigger: {
        sourceTriggers: [
          {
            name: "defaultSourceTriggerName",
            status: "Enabled",
            sourceTriggerEvents: ["commit"],
            sourceRepository: {
              sourceControlType: "Github",
              repositoryUrl: "https://github.com/contoso/base-image-node.git",
              branch: "release",
              sourceControlAuthProperties: { token: "git-token", tokenType: "PAT", scope: "repo" },
            },
          },
        ],
        baseImageTrigger: {
          name: "defaultBaseimageTriggerName",
          status: "Enabled",
          baseImageTriggerType: "Runtime",
        },
      },
      credentials: {
        customRegistries: {
          "docker.io": {
            identity: "[system]",
            userName: {
              type: "Vaultsecret",
              value: "https://testvault.vault.azure.net/secrets/registry-dockerhub-user",
            },
            password: {
              type: "Vaultsecret",
              value: "https://testvault.vault.azure.net/secrets/registry-dockerhub-password",
            },
          },
        },
      },
    });
    assert.deepEqual(secrets.sort(), ["step.contextAccessToken", "trigger"]);
  });

  it("lets the task's identity read secrets and nothing else", () => {
    const [policy, ...others] = declared.kinds("AccessPolicy");
    assert.equal(others.length, 0);
    assert.deepEqual(policy?.inputs["policy"], {
      tenantId: "22222222-2222-2222-2222-222222222222",
      objectId: "principal-of-node-public",
      permissions: { secrets: ["get"] },
    });
  });

  it("runs the task once its identity may read the login, without waiting for its own pull token", () => {
    const { inputs, waitsFor } = declared.the("TaskRun", "node-public-first-run");
    assert.match(String(inputs["forceUpdateTag"]), /^[0-9a-f]{16}$/);
    assert.deepEqual(inputs["runRequest"], {
      type: "TaskRunRequest",
      taskId: `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/publicregistry-rg/providers/Microsoft.ContainerRegistry/registries/publicregistry/tasks/node-public`,
    });
    assert.ok(waitsFor.has("AccessPolicy node-public-reads-vault"));
    assert.ok(waitsFor.has("Secret registry-dockerhub-password"));
    assert.ok(!waitsFor.has("Token public-pull"));
  });

  it("offers a token that pulls every repository", () => {
    assert.equal(declared.kinds("ScopeMap").length, 0);
    assert.match(
      String(declared.the("Token", "public-pull").inputs["scopeMapId"]),
      /\/registries\/publicregistry\/scopeMaps\/_repositories_pull$/,
    );
  });

  it("is the parent of its parts", () => {
    const own = (kind: string): string => `gated-imports:index:${kind}`;
    const parents = (kind: string): string[] => declared.kinds(kind).map(({ parent }) => parent);
    for (const kind of ["Registry", "RegistryTask", "PullToken"].map(own))
      assert.deepEqual(parents(kind), ["public"]);
    assert.match(
      declared.the("Task", "node-public").urn,
      /::gated-imports:index:RegistryTask\$azure-native:containerregistry:Task::node-public$/,
    );
  });

  it("tells login server, task and first run", async () => {
    const { loginServer, taskName, firstRunId } = declared.result;
    assert.deepEqual(await valueOf({ loginServer, taskName, firstRunId } as object), {
      loginServer: "publicregistry.azurecr.io",
      taskName: "node-public",
      firstRunId: "id-of-node-public-first-run",
    });
  });
});
