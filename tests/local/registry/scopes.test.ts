// Pure rules of rights; does not prove that they are asked (access.test.ts does).
import assert from "node:assert/strict";
import { builtInScopeMaps, parseScopes, scopeMapAllows } from "../../../local/registry/scopes";

describe("registry/scopes", () => {
  it("reads what clients ask for, several at once, and leaves out what it does not know", () => {
    assert.deepEqual(
      parseScopes(["repository:a/b:pull,push registry:catalog:*", "plugin:x:pull", ""]),
      [
        { type: "repository", name: "a/b", actions: ["pull", "push"] },
        { type: "registry", name: "catalog", actions: ["*"] },
      ],
    );
  });

  const cases: [string, "pull" | "push" | "delete" | "metadata_read", string, boolean][] = [
    ["repositories/node/content/read", "pull", "node", true],
    ["repositories/node/content/read", "pull", "node2", false],
    ["repositories/node/content/read", "push", "node", false],
    ["repositories/node/content/write", "push", "node", true],
    ["repositories/node/content/delete", "delete", "node", true],
    ["repositories/node/metadata/read", "metadata_read", "node", true],
    ["repositories/*/content/read", "pull", "team/app", true],
    ["repositories/team/*/content/read", "pull", "team/app", true],
    ["repositories/team/*/content/read", "pull", "teams", false],
    ["repositories/team/*/content/read", "pull", "node", false],
    ["content/read", "pull", "node", false],
  ];
  for (const [entry, action, repository, expected] of cases) {
    it(`${entry} ${expected ? "allows" : "does not allow"} ${action} on ${repository}`, () => {
      assert.equal(scopeMapAllows([entry], action, repository), expected);
    });
  }

  it("gives the built-in pull map no more than pull", () => {
    const map = builtInScopeMaps["_repositories_pull"] ?? [];
    assert.ok(scopeMapAllows(map, "pull", "any/thing"));
    assert.ok(!scopeMapAllows(map, "push", "any/thing"));
    assert.ok(!scopeMapAllows(map, "metadata_read", "any/thing"));
  });
});
