// Does not prove that Azure keeps to its announcements, nor that there is none that was missed.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { apiVersions } from "../../components/parts/apiVersions";
import { resourceTypes } from "../../local/pulumi/azureNative/resourceTypes";

const checkout = join(__dirname, "../..");
const components = join(checkout, "components");
const sdk = dirname(require.resolve("@pulumi/azure-native/package.json"));

const sources = readdirSync(components, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(join(components, file), "utf8"));

/** What the SDK says in a resource's documentation; undefined where it is silent. */
function versionOf(type: string): string | undefined {
  const [module = "", name = ""] = type.split(":");
  const file = join(sdk, module, `${name.charAt(0).toLowerCase()}${name.slice(1)}.d.ts`);
  assert.ok(existsSync(file), file);
  const [, version] =
    /Uses Azure REST API version ([\w-]+)\./.exec(readFileSync(file, "utf8")) ?? [];
  return version;
}

describe("the table of API versions", () => {
  it("says what the SDK asks for, so that nobody plans by a version that is not in use", () => {
    const silent = Object.entries(apiVersions).filter(([type, { version }]) => {
      const asked = versionOf(type);
      if (asked !== undefined) assert.equal(version, asked, type);
      return asked === undefined;
    });
    assert.deepEqual(
      silent.map(([type]) => type),
      ["keyvault:AccessPolicy"],
    );
  });

  it("has every type that a component makes", () => {
    const made = sources.flatMap((text) =>
      [...text.matchAll(/new (\w+)\.([A-Z]\w+)\(/g)]
        .map(([, module = "", name = ""]) => [module, name])
        .filter(([module = ""]) =>
          text.includes(`import * as ${module} from "@pulumi/azure-native/`),
        )
        .map(([module, name]) => `${module}:${name}`),
    );
    assert.ok(made.length > 5);
    assert.deepEqual(
      made.filter((type) => !(type in apiVersions)),
      [],
    );
  });

  it("says what the local Azure's provider sends too", () => {
    const sent = new Map(
      Object.entries(resourceTypes).map(([token, { apiVersion }]) => [
        token.replace("azure-native:", ""),
        apiVersion,
      ]),
    );
    const both = Object.entries(apiVersions).filter(([type]) => sent.has(type));
    assert.ok(both.length > 8);
    for (const [type, { version }] of both) assert.equal(version, sent.get(type), type);
  });

  it("is shown with its dates in docs/azure.md", () => {
    const docs = readFileSync(join(checkout, "docs/azure.md"), "utf8");
    for (const [type, { version, retires = "none announced" }] of Object.entries(apiVersions)) {
      const row = docs.split("\n").find((line) => line.includes(`\`${type.replace(/^.*:/, "")}\``));
      assert.ok(row?.includes(version) && row.includes(retires), `${type} ${version} ${retires}`);
    }
  });
});
