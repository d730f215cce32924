// Does not prove that the app's task deploys over the container group: az and Azure do that.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { TeamApp } from "../../components/teamApp";
import { subscription } from "./azureIds";
import { unknown } from "./declaration";
import { valueOf, type Declared } from "./declare";
import { newRuns } from "./firstRuns";
import { setValues, vaultLogin } from "./fixtures";
import { declareApp } from "./teamAppFixture";

const group = `${subscription}/resourceGroups/hello-world-aci-rg`;

describe("TeamApp", () => {
  let gated: Declared<TeamApp>;
  let ungated: Declared<TeamApp>;
  before(async () => {
    gated = await declareApp();
    ungated = await declareApp({ gated: false });
  });

  it("builds on validated images behind the gate", () => {
    const { inputs } = gated.the("Task", "hello-world");
    assert.deepEqual(setValues(inputs), {
      REGISTRY_FROM_URL: "baseartifacts.azurecr.io/",
      IMAGE: "node",
      TAG: "22-alpine",
      IMAGE_NODE: "node",
      TAG_NODE: "22-alpine",
      APP: "hello-world",
      KEYVAULT: "testvault",
      LOGIN: "registry-team",
      ACI: "hello-world-aci",
      ACI_RG: "hello-world-aci-rg",
    });
    const { customRegistries } = inputs["credentials"] as { customRegistries: object };
    assert.deepEqual(Object.keys(customRegistries), ["baseartifacts.azurecr.io"]);
  });

  it("builds straight on public images without the gate, with no login to base artifacts", () => {
    const { inputs } = ungated.the("Task", "hello-world");
    assert.equal(setValues(inputs)["REGISTRY_FROM_URL"], "publicregistry.azurecr.io/");
    assert.deepEqual(inputs["credentials"], {
      customRegistries: {
        "publicregistry.azurecr.io": vaultLogin("registry-publicregistry"),
      },
    });
  });

  it("runs its task again when the gate goes up, and changes nothing else", () => {
    for (const one of gated.all) {
      const before = ungated.all.find(({ urn }) => urn === one.urn);
      // The moment of a first writing is another one each time.
      const inputsOf = (declared?: Pick<typeof one, "inputs">): string =>
        JSON.stringify(declared?.inputs ?? {}).replace(/"WRITTEN":"[^"]*"/, "");
      const same = inputsOf(before) === inputsOf(one);
      const changes = ["Task hello-world", "Command hello-world-first-run"];
      assert.equal(same, !changes.includes(`${one.kind} ${one.name}`), `${one.kind} ${one.name}`);
    }
  });

  it("lets the task manage container groups of its resource group, and no more", () => {
    assert.equal(gated.kinds("RoleAssignment").length, 1);
    assert.deepEqual(gated.the("RoleAssignment", "hello-world-deploys").inputs, {
      roleAssignmentName: "33333333-3333-3333-3333-333333333333",
      scope: group,
      roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/5d977122-f97e-4b4d-a52f-6b43003ddb4d`,
      principalId: "principal-of-hello-world",
      principalType: "ServicePrincipal",
    });
    assert.deepEqual(gated.the("RandomUuid", "hello-world-deploys").inputs["keepers"], {
      scope: group,
      principalId: "principal-of-hello-world",
    });
  });

  it("runs first when all is there that the run uses", () => {
    for (const [declared, base] of [
      [gated, "Command base-import-node-first-run"],
      [ungated, "Command node-public-first-run"],
    ] as const) {
      const { waitsFor } = declared.the("Command", "hello-world-first-run");
      for (const one of [
        base,
        "ContainerGroup hello-world-aci",
        "Command hello-world-pull-password",
        "AccessPolicy hello-world-reads-vault",
        "RoleAssignment hello-world-deploys",
      ])
        assert.ok(waitsFor.has(one), one);
    }
  });

  it("deploys anew with another password, of which the container instance keeps a copy", async () => {
    const next = { generation: "next", issued: "2026-06-01T00:00:00.000Z", value: "next" };
    const later = await declareApp(
      {},
      {
        outputs: {
          "command:local:Command": () => ({ stdout: pulumi.secret(JSON.stringify(next)) }),
        },
      },
    );
    assert.deepEqual(newRuns(gated, later), ["hello-world"], "no base image is built for it");
  });

  it("gives the container instance a token that pulls the app's image alone", () => {
    assert.deepEqual(gated.the("ScopeMap", "hello-world-pull").inputs["actions"], [
      "repositories/hello-world/content/read",
    ]);
  });

  it("hands the platform's tags to the deployment, which would otherwise drop them", async () => {
    const tagged = await declareApp({ platform: { tags: { owner: "web", stage: "dev" } } });
    assert.equal(
      setValues(tagged.the("Task", "hello-world").inputs)["TAGS"],
      "owner=web stage=dev",
    );
  });

  it("can be previewed before anything exists", async () => {
    const preview = await declareApp({}, { preview: true });
    assert.equal(preview.all.length, gated.all.length);
    assert.equal(
      preview.the("RoleAssignment", "hello-world-deploys").inputs["principalId"],
      unknown,
    );
    // What is known already is shown, next to what is not.
    const values = setValues(preview.the("Task", "hello-world").inputs);
    assert.deepEqual([values["TAG"], values["REGISTRY_FROM_URL"]], ["22-alpine", unknown]);
  });

  it("tells where the page is, and nothing as long as Azure has given no address", async () => {
    assert.equal(await valueOf(gated.result.pageUrl), "http://20.0.0.1");
    const early = await declareApp(
      {},
      {
        outputs: {
          "azure-native:containerinstance:ContainerGroup": () => ({ ipAddress: undefined }),
        },
      },
    );
    assert.equal(await valueOf(early.result.pageUrl), "");
  });
});

describe("a pinned TeamApp", () => {
  it("builds on the pinned image, and no other app or gate does anything for it", async () => {
    const [free, pinned] = [await declareApp(), await declareApp({ pin: "gc1" })];
    const values = setValues(pinned.the("Task", "hello-world").inputs);
    assert.equal(values["TAG"], "22-alpine-gc1");
    assert.equal(values["TAG_NODE"], "22-alpine-gc1");
    assert.deepEqual(newRuns(free, pinned), ["hello-world"]);
  });

  it("builds on the stable tag where the pinned run's image is rejected", async () => {
    const declared = await declareApp({ pin: "gc6", reject: [`sha256:${"b".repeat(64)}`] });
    assert.equal(setValues(declared.the("Task", "hello-world").inputs)["TAG"], "22-alpine");
  });
});

describe("TeamApp on several base images", () => {
  it("finds each by its name, runs on the first, and pins that alone", async () => {
    const declared = await declareApp({
      pin: "gc1",
      moreImages: [{ name: "node-build", repository: "node", tag: "22" }],
    });
    const { IMAGE, TAG, ...values } = setValues(declared.the("Task", "hello-world").inputs);
    assert.deepEqual([IMAGE, TAG], ["node", "22-alpine-gc1"]);
    assert.equal(values["TAG_NODE"], "22-alpine-gc1");
    assert.deepEqual([values["IMAGE_NODE_BUILD"], values["TAG_NODE_BUILD"]], ["node", "22"]);
    const { containers } = declared.the("ContainerGroup", "hello-world-aci").inputs;
    assert.match(JSON.stringify(containers), /"baseartifacts.azurecr.io\/node:22-alpine"/);
  });
});
