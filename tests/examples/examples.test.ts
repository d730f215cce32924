// Does not prove that an example comes up: tests/workflow runs it on a local Azure.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { entryPointOf } from "./entryPoint";

const folder = join(__dirname, "../../examples");
const examples = readdirSync(folder);

describe("the examples", () => {
  it("are all here, each with a workflow test", () => {
    assert.deepEqual(examples, ["team-stack"]);
  });

  for (const name of examples) {
    const file = (path: string): string => readFileSync(join(folder, name, path), "utf8");

    it(`${name} is what Pulumi runs in its folder, and not the program of the checkout`, () => {
      assert.equal(entryPointOf(join(folder, name)), join(folder, name, "index.ts"));
    });

    it(`${name}'s README sets every setting that it reads, and no other`, () => {
      const told = [...file("README.md").matchAll(/pulumi config set (?:--secret )?(\S+)/g)].map(
        ([, key = ""]) => (key.includes(":") ? key : `${name}:${key}`),
      );
      const read = [
        ...file("index.ts").matchAll(/\b(?:config|Config\("([\w-]+)"\))\.require\w*\("(\w+)"\)/g),
      ].map(([, namespace = name, key = ""]) => `${namespace}:${key}`);
      assert.deepEqual(told.sort(), read.sort());
      const { config } = parse(file("Pulumi.local.yaml")) as { config: Record<string, unknown> };
      assert.deepEqual([...Object.keys(config), `${name}:gitToken`].sort(), read);
    });
  }
});
