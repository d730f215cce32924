// Does not prove that Azure uses the same codes, versions and roles: the tables say where they are ours.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { apiVersions } from "../../../local/arm/apiVersions";
import { allows, builtInRoles } from "../../../local/arm/access/roleDefinitions";
import { errorTable } from "../../../local/arm/errors";
import type { ArmServices } from "../../../local/arm/kind";
import { resourceKinds } from "../../../local/arm/kinds";

const source = join(__dirname, "../../../local/arm");
/** What refuses a secret on both of its ways in. */
const shared = join(source, "../keyvault/secretRules.ts");
const text = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== "errors.ts")
  .map((file) => join(source, file))
  .concat(shared)
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

describe("the resource manager's tables", () => {
  it("hold no error that nothing answers with", () => {
    const unused = Object.keys(errorTable).filter((code) => !text.includes(`"${code}"`));
    assert.deepEqual(unused, []);
  });

  it("fill every error's sentence from its details", () => {
    for (const [code, { message }] of Object.entries(errorTable)) {
      const sentence = message(...["one", "two", "three", "four", "five", "six"]);
      assert.ok(!sentence.includes("undefined"), `${code}: ${sentence}`);
      assert.ok(!sentence.includes("\n"), code);
    }
  });

  it("know the API versions of every kind", () => {
    const services = {} as ArmServices;
    const missing = resourceKinds(services)
      .map(({ type }) => type)
      .filter((type) => !apiVersions[type]?.length);
    assert.deepEqual(missing, []);
  });

  it("hold each role once, with an id that is a GUID", () => {
    assert.equal(new Set(builtInRoles.map(({ id }) => id)).size, builtInRoles.length);
    for (const { id, roleName } of builtInRoles) {
      assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, roleName);
    }
  });

  it("let a wildcard stand for any text and a point only for itself", () => {
    const role = { id: "", roleName: "", description: "", actions: ["Microsoft.A/*/read"] };
    assert.ok(allows(role, "microsoft.a/b/c/READ"));
    assert.ok(!allows(role, "MicrosoftXA/b/read"));
    assert.ok(!allows(role, "Microsoft.A/b/read/more"));
  });
});
