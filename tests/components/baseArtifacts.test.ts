// Does not prove that the gate stops a bad image: that is the repository's acr-task.yaml, tried on real parts elsewhere.
import assert from "node:assert/strict";
import type { BaseArtifacts } from "../../components/baseArtifacts";
import { publicRegistries } from "../../components/parts/publicRegistry";
import * as pulumi from "@pulumi/pulumi";
import { registryId } from "./azureIds";
import { declare, valueOf, type Declared } from "./declare";
import { firstRuns } from "./firstRuns";
import {
  makeBaseArtifacts,
  makePlatform,
  makePublicSimulator,
  node,
  setValues,
  sourceOf,
  vaultLogin,
} from "./fixtures";

describe("BaseArtifacts", () => {
  let declared: Declared<BaseArtifacts>;
  before(async () => {
    declared = await declare(() => {
      const platform = makePlatform();
      return makeBaseArtifacts(platform, makePublicSimulator(platform));
    });
  });

  it("imports from the public registry, with the pull token from the vault", () => {
    const { inputs } = declared.the("Task", "base-import-node");
    assert.equal(inputs["registryName"], "baseartifacts");
    assert.deepEqual(setValues(inputs), {
      REGISTRY_FROM_URL: "publicregistry.azurecr.io/",
      IMAGE: "node",
      TAG: "22-alpine",
      PIN: "",
      REJECT: "",
    });
    assert.deepEqual(inputs["credentials"], {
      customRegistries: {
        "publicregistry.azurecr.io": vaultLogin("registry-publicregistry-abc123"),
      },
    });
  });

  it("has no timer where pushes trigger it", () => {
    const { inputs } = declared.the("Task", "base-import-node");
    assert.deepEqual(Object.keys(inputs["trigger"] as object).sort(), [
      "baseImageTrigger",
      "sourceTriggers",
    ]);
  });

  it("runs first when there is a public image, its login and the right to read it", () => {
    const { waitsFor, inputs } = declared.the("Command", "base-import-node-first-run");
    for (const one of [
      "Command node-public-first-run",
      "Secret public-pull-password",
      "AccessPolicy base-import-node-reads-vault",
    ])
      assert.ok(waitsFor.has(one), one);
    assert.deepEqual(Object.keys(inputs["environment"] as object).sort(), [
      ...["DEFINITION", "IDENTITY", "MAKES", "TASK_ID"],
    ]);
  });

  it("does not hold up the public registry", () => {
    const { waitsFor } = declared.the("Command", "node-public-first-run");
    assert.deepEqual(
      [...waitsFor].filter((one) => one.includes("base")),
      [],
    );
  });

  it("offers a token that pulls the base image alone", () => {
    const map = declared.the("ScopeMap", "base-artifacts-pull");
    assert.equal(declared.kinds("ScopeMap").length, 1);
    assert.deepEqual(map.inputs["actions"], ["repositories/node/content/read"]);
    assert.equal(
      declared.the("Token", "base-artifacts-pull").inputs["scopeMapId"],
      registryId("baseartifacts", "scopeMaps/base-artifacts-pull"),
    );
  });

  it("looks for no promoted image as long as none is pinned or rejected", () => {
    assert.deepEqual(
      declared
        .kinds("Command")
        .filter(({ inputs }) => inputs["create"] === "node promotedImage.cjs"),
      [],
    );
  });

  it("is the parent of its parts", () => {
    const parts = declared.all.filter(({ parent }) => parent === "base-artifacts");
    assert.deepEqual(parts.map(({ type, name }) => `${type} ${name}`).sort(), [
      "azure-native:containerregistry:Registry base-artifacts",
      "azure-native:resources:ResourceGroup base-artifacts-rg",
      "command:local:Command base-import-node-first-run",
      "gated-imports:index:PullToken base-artifacts-pull",
      "gated-imports:index:Registry base-artifacts",
      "gated-imports:index:RegistryTask base-import-node",
    ]);
  });

  it("offers other stacks what their apps need, the password as a secret", async () => {
    const { forApps } = declared.result;
    assert.deepEqual(await valueOf(forApps), {
      loginServer: "baseartifacts.azurecr.io",
      userName: "base-artifacts-pull",
      password: "generated-by-base-artifacts-pull-password",
      images: [node],
      rejected: {},
    });
    assert.ok(await pulumi.isSecret(forApps));
  });
});

describe("BaseArtifacts with many images", () => {
  let declared: Declared<BaseArtifacts>;
  const runtime = { name: "dotnet", repository: "dotnet/runtime", tag: "9.0" };
  before(async () => {
    declared = await declare(() => {
      const platform = makePlatform();
      const from = publicRegistries(platform.vault, {
        "docker.io": { user: "u", password: "p" },
        "mcr.microsoft.com": undefined,
      });
      return makeBaseArtifacts(platform, from("docker.io"), [
        { ...node, schedule: "0 3 * * *" },
        { ...node, name: "node-next", tag: "24-alpine", from: from("docker.io") },
        { ...runtime, from: from("mcr.microsoft.com"), gate: sourceOf("import-dotnet") },
      ]);
    });
  });

  it("asks a registry without logins for none, so the run does not fail on a secret that is not there", () => {
    const { inputs } = declared.the("Task", "base-import-dotnet");
    assert.equal(inputs["credentials"], undefined);
    assert.equal(setValues(inputs)["REGISTRY_FROM_URL"], "mcr.microsoft.com/");
    assert.equal(setValues(inputs)["IMAGE"], "dotnet/runtime");
    assert.equal(
      (inputs["step"] as { contextPath: string }).contextPath,
      sourceOf("import-dotnet"),
    );
  });

  it("takes one registry's login from the vault for each of its images", () => {
    for (const task of ["base-import-node", "base-import-node-next"])
      assert.deepEqual(declared.the("Task", task).inputs["credentials"], {
        customRegistries: { "docker.io": vaultLogin("registry-dockerhub-abc123") },
      });
    assert.equal(
      declared.kinds("Secret").filter(({ name }) => name.startsWith("registry-dockerhub")).length,
      2,
    );
  });

  it("looks for new images by the clock too, where a registry is only polled", () => {
    const triggers = (task: string): unknown =>
      (declared.the("Task", task).inputs["trigger"] as { timerTriggers?: unknown }).timerTriggers;
    assert.deepEqual(triggers("base-import-node"), [
      { name: "schedule", status: "Enabled", schedule: "0 3 * * *" },
    ]);
    assert.equal(triggers("base-import-node-next"), undefined);
  });

  it("offers one token that pulls all of them, each repository named once", () => {
    assert.deepEqual(declared.the("ScopeMap", "base-artifacts-pull").inputs["actions"], [
      "repositories/node/content/read",
      "repositories/dotnet/runtime/content/read",
    ]);
  });

  it("lets one image's gate hold up no other's", () => {
    const runs = firstRuns(declared);
    assert.equal(runs.length, 3);
    for (const { waitsFor } of runs)
      assert.deepEqual(
        [...waitsFor].filter((one) => one.endsWith("-first-run")),
        [],
      );
  });
});
