// Does not prove that the gate stops a bad image: that is the repository's acr-task.yaml, tried on real parts elsewhere.
import assert from "node:assert/strict";
import type { BaseArtifacts } from "../../components/baseArtifacts";
import { declare, type Declared } from "./declare";
import { makeBaseArtifacts, makePublicSimulator, makeVault, setValues } from "./fixtures";

describe("BaseArtifacts", () => {
  let declared: Declared<BaseArtifacts>;
  before(async () => {
    declared = await declare(() => {
      const vault = makeVault();
      return makeBaseArtifacts(vault, makePublicSimulator(vault));
    });
  });

  it("imports from the public registry, with the pull token from the vault", () => {
    const { inputs } = declared.the("Task", "base-import-node");
    assert.equal(inputs["registryName"], "baseartifacts");
    assert.deepEqual(setValues(inputs), {
      REGISTRY_FROM_URL: "publicregistry.azurecr.io/",
      IMAGE: "node",
      TAG: "22-alpine",
    });
    assert.deepEqual(inputs["credentials"], {
      customRegistries: {
        "publicregistry.azurecr.io": {
          identity: "[system]",
          userName: {
            type: "Vaultsecret",
            value: "https://testvault.vault.azure.net/secrets/registry-publicregistry-user",
          },
          password: {
            type: "Vaultsecret",
            value: "https://testvault.vault.azure.net/secrets/registry-publicregistry-password",
          },
        },
      },
    });
  });

  it("runs first when there is a public image, its login and the right to read it", () => {
    const { waitsFor } = declared.the("TaskRun", "base-import-node-first-run");
    for (const one of [
      "TaskRun node-public-first-run",
      "Secret public-pull-password",
      "AccessPolicy base-import-node-reads-vault",
    ])
      assert.ok(waitsFor.has(one), one);
  });

  it("does not hold up the public registry", () => {
    const { waitsFor } = declared.the("TaskRun", "node-public-first-run");
    assert.deepEqual(
      [...waitsFor].filter((one) => one.includes("base")),
      [],
    );
  });

  it("offers a token that pulls the base image alone", () => {
    const map = declared.the("ScopeMap", "base-artifacts-pull");
    assert.equal(declared.kinds("ScopeMap").length, 1);
    assert.equal(map.inputs["scopeMapName"], "pull-node");
    assert.deepEqual(map.inputs["actions"], ["repositories/node/content/read"]);
    assert.match(
      String(declared.the("Token", "base-artifacts-pull").inputs["scopeMapId"]),
      /\/registries\/baseartifacts\/scopeMaps\/pull-node$/,
    );
  });

  it("is the parent of its parts", () => {
    const parts = declared.all.filter(({ parent }) => parent === "base-artifacts");
    assert.deepEqual(parts.map(({ type, name }) => `${type} ${name}`).sort(), [
      "azure-native:containerregistry:Registry base-artifacts",
      "azure-native:containerregistry:TaskRun base-import-node-first-run",
      "azure-native:resources:ResourceGroup base-artifacts-rg",
      "gated-imports:index:PullToken base-artifacts-pull",
      "gated-imports:index:Registry base-artifacts",
      "gated-imports:index:RegistryTask base-import-node",
    ]);
  });
});
