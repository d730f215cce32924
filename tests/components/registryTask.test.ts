// Does not prove that Azure reads these definitions as meant.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { prefixOf } from "../../components/parts/imageSource";
import { roleDefinitionId } from "../../components/parts/roleAssignment";
import { taskStep, taskTriggers } from "../../components/parts/registryTask";
import { imageValues } from "../../components/teamApp";
import { declare, valueOf } from "./declare";
import { makePlatform, makePublicSimulator } from "./fixtures";

describe("a task's definition", () => {
  it("hands over values in the order given, none as a secret", () => {
    assert.deepEqual(taskStep("https://github.com/o/r.git#main", { B: "1", A: "2" }).values, [
      { name: "B", value: "1", isSecret: false },
      { name: "A", value: "2", isSecret: false },
    ]);
  });

  it("has no empty value, which Azure may refuse: to a task file it is the same as none", () => {
    assert.deepEqual(taskStep("https://github.com/o/r.git#main", { A: "", B: "1" }).values, [
      { name: "B", value: "1", isSecret: false },
    ]);
  });

  it("names every registry before an image but Docker Hub, for which ACR would find no digest", async () => {
    assert.equal(prefixOf({ loginServer: "docker.io" }), "");
    assert.equal(await valueOf(prefixOf({ loginServer: "quay.io" })), "quay.io/");
    const own = pulumi.output("contoso.azurecr.io");
    assert.equal(await valueOf(prefixOf({ loginServer: own })), "contoso.azurecr.io/");
  });

  const repositoryOf = (url: string): object => {
    const { sourceTriggers } = taskTriggers(url, "t") as {
      sourceTriggers: { sourceRepository: object }[];
    };
    return sourceTriggers[0]?.sourceRepository ?? {};
  };

  it("keeps the branch in the context, and apart from the repository in the trigger", () => {
    const url = "https://github.com/o/r.git#release/1.2";
    assert.equal(taskStep(url, {}).contextPath, url);
    assert.deepEqual(repositoryOf(url), {
      sourceControlType: "Github",
      repositoryUrl: "https://github.com/o/r.git",
      branch: "release/1.2",
      sourceControlAuthProperties: { token: "t", tokenType: "PAT", scope: "repo" },
    });
  });

  it("watches main where a component is given no branch", () => {
    const { branch, repositoryUrl } = repositoryOf("https://github.com/o/r.git") as Record<
      string,
      string
    >;
    assert.deepEqual([branch, repositoryUrl], ["main", "https://github.com/o/r.git"]);
  });

  it("has a timer only where one is asked for: Azure counts its runs", () => {
    assert.equal(taskTriggers("u#m", "t").timerTriggers, undefined);
    assert.deepEqual(taskTriggers("u#m", "t", "0 3 * * *").timerTriggers, [
      { name: "schedule", status: "Enabled", schedule: "0 3 * * *" },
    ]);
  });
});

describe("a task without an identity", () => {
  it("ends the program, which could give nobody the right to read the login", async () => {
    const { failures } = await declare(() => makePublicSimulator(makePlatform()), {
      failing: true,
      outputs: { "azure-native:containerregistry:Task": () => ({ identity: undefined }) },
    });
    assert.match(
      failures.map(({ message }) => message).join("\n"),
      /Azure gave task node-public no identity of its own/,
    );
  });
});

describe("the values of base images", () => {
  const node = { name: "node", repository: "library/node", tag: "22" };
  const tools = { name: "build-tools", repository: "tools", tag: "1" };

  it("name each image, and the first as the one that a plain task file builds on", () => {
    assert.deepEqual(imageValues([node, tools]), {
      IMAGE: "library/node",
      TAG: "22",
      IMAGE_NODE: "library/node",
      TAG_NODE: "22",
      IMAGE_BUILD_TOOLS: "tools",
      TAG_BUILD_TOOLS: "1",
    });
  });

  it("have the pinned tag for the first alone", () => {
    const { TAG, TAG_NODE, TAG_BUILD_TOOLS } = imageValues([node, tools], "22-gc1");
    assert.deepEqual([TAG, TAG_NODE, TAG_BUILD_TOOLS], ["22-gc1", "22-gc1", "1"]);
  });
});

describe("a built-in role", () => {
  it("is named in the subscription of what it is given for", () => {
    assert.equal(
      roleDefinitionId("/subscriptions/s/resourceGroups/g", "r"),
      "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r",
    );
    assert.throws(() => roleDefinitionId("g", "r"), { message: "g is in no subscription" });
  });
});
