// Does not prove that Azure reads these definitions as meant.
import assert from "node:assert/strict";
import { roleDefinitionId } from "../../components/parts/appHost";
import { taskStep, taskTriggers } from "../../components/parts/registryTask";

describe("a task's definition", () => {
  it("hands over values in the order given, none as a secret", () => {
    assert.deepEqual(taskStep("https://github.com/o/r.git#main", { B: "1", A: "2" }).values, [
      { name: "B", value: "1", isSecret: false },
      { name: "A", value: "2", isSecret: false },
    ]);
  });

  it("keeps the branch in the context, and apart from the repository in the trigger", () => {
    const url = "https://github.com/o/r.git#release/1.2";
    assert.equal(taskStep(url, {}).contextPath, url);
    const { sourceTriggers } = taskTriggers(url, "t") as {
      sourceTriggers: { sourceRepository: object }[];
    };
    assert.deepEqual(sourceTriggers[0]?.sourceRepository, {
      sourceControlType: "Github",
      repositoryUrl: "https://github.com/o/r.git",
      branch: "release/1.2",
      sourceControlAuthProperties: { token: "t", tokenType: "PAT", scope: "repo" },
    });
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
