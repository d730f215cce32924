// Does not prove that the task builds anything: that is the repository's acr-task.yaml and Azure's part.
import assert from "node:assert/strict";
import { PublicSimulator } from "../../components/publicSimulator";
import { registryId } from "./azureIds";
import { declare, valueOf, type Declared } from "./declare";
import {
  location,
  makePlatform,
  makePublicSimulator,
  makeUpstream,
  node,
  setValues,
  sourceOf,
  vaultLogin,
} from "./fixtures";

describe("PublicSimulator", () => {
  let declared: Declared<PublicSimulator>;
  before(async () => {
    declared = await declare(() => makePublicSimulator(makePlatform()));
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
      credentials: { customRegistries: { "docker.io": vaultLogin("registry-dockerhub-abc123") } },
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

  it("runs the task once its identity may read the login", () => {
    const { inputs, waitsFor } = declared.the("Command", "node-public-first-run");
    const { DEFINITION, ...others } = inputs["environment"] as Record<string, string>;
    assert.match(DEFINITION ?? "", /^[0-9a-f]{16}$/);
    assert.deepEqual(others, {
      TASK_ID: registryId("publicregistry", "tasks/node-public"),
      IDENTITY: "principal-of-node-public",
      MAKES: "node:22-alpine",
    });
    assert.ok(waitsFor.has("AccessPolicy node-public-reads-vault"));
    assert.ok(waitsFor.has("Secret registry-dockerhub-password"));
  });

  it("offers a token that pulls every repository, as a public registry does", () => {
    assert.equal(declared.kinds("ScopeMap").length, 0);
    assert.equal(
      declared.the("Token", "public-pull").inputs["scopeMapId"],
      registryId("publicregistry", "scopeMaps/_repositories_pull"),
    );
  });

  it("is the parent of its parts", () => {
    const own = (kind: string): string => `gated-imports:index:${kind}`;
    for (const kind of ["Registry", "RegistryTask", "PullToken"].map(own))
      assert.deepEqual(
        declared.kinds(kind).map(({ parent }) => parent),
        ["public"],
      );
    assert.match(
      declared.the("Task", "node-public").urn,
      /::gated-imports:index:RegistryTask\$azure-native:containerregistry:Task::node-public$/,
    );
  });

  it("tells where it is, and which run armed which task", async () => {
    assert.equal(await valueOf(declared.result.loginServer), "publicregistry.azurecr.io");
    const [task, ...others] = declared.result.tasks;
    assert.equal(others.length, 0);
    assert.deepEqual(await valueOf(task as object), {
      name: "node-public",
      registry: "publicregistry",
      taskId: registryId("publicregistry", "tasks/node-public"),
      armedBy: "id-of-node-public-first-run",
    });
  });
});

describe("PublicSimulator with many images", () => {
  it("builds each from its own repository, one not waiting for another, behind one pull token", async () => {
    const image = { name: "dotnet", repository: "dotnet/runtime", tag: "9.0" };
    const declared = await declare(() => {
      const platform = makePlatform();
      const upstream = makeUpstream(platform);
      return new PublicSimulator("public", {
        registryName: "publicregistry",
        platform,
        images: [node, image].map((one) => ({ ...one, source: sourceOf(`base-${one.name}`) })),
        upstream,
      });
    });
    const { inputs } = declared.the("Task", "dotnet-public");
    assert.deepEqual(setValues(inputs), {
      REGISTRY_FROM_URL: "docker.io/",
      IMAGE: "dotnet/runtime",
      TAG: "9.0",
    });
    assert.equal((inputs["step"] as { contextPath: string }).contextPath, sourceOf("base-dotnet"));
    const { waitsFor } = declared.the("Command", "dotnet-public-first-run");
    assert.ok(!waitsFor.has("Command node-public-first-run"));
    assert.equal(declared.kinds("Token").length, 1);
  });
});
