// Does not prove that what is secret is marked so; that is the program's and the provider's part.
import assert from "node:assert/strict";
import { pathSegments, shownChange } from "../../../local/pulumi/shownValue";

const marked = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "[secret]",
};

const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("pulumi/shown values", () => {
  it("tells what a property was and is, also deep in lists and under odd names", () => {
    const before = { tags: { "a.b": "x" }, values: [{ name: "TAG", value: "22" }] };
    const after = { tags: { "a.b": "y" }, values: [{ name: "TAG", value: "23" }] };
    const shown = (path: string) => shownChange(path, { before, after });
    assert.deepEqual(shown('tags["a.b"]'), { before: '"x"', after: '"y"' });
    assert.deepEqual(shown("values[0].value"), { before: '"22"', after: '"23"' });
    assert.deepEqual(shown("values[1]"), {});
    assert.deepEqual(pathSegments('["x"].y[0]["z\\"]"]'), ["x", "y", "0", 'z"]']);
  });

  it("never shows a secret: not a marked one, not inside one, not by its name, not a task's own", () => {
    const cases: [path: string, value: unknown][] = [
      ["a", marked],
      ["a.b[0]", marked],
      ["a", "[secret]"],
      ["a.adminPassword", { adminPassword: "hush" }],
      ["a.token", { token: "hush" }],
      ["a[0].value", [{ name: "X", value: "hush", isSecret: true }]],
    ];
    for (const [path, a] of cases) {
      const sides = [
        { before: { a }, after: { a: undefined } },
        { before: { a: undefined }, after: { a } },
      ];
      for (const side of sides) assert.deepEqual(shownChange(path, side), { secret: true }, path);
    }
  });

  it("leaves secrets out of an object that is shown as a whole", () => {
    const a = [
      { value: "hush", isSecret: true },
      { clientSecret: "hush", b: marked },
    ];
    const after =
      '[{"value":"[secret]","isSecret":true},{"clientSecret":"[secret]","b":"[secret]"}]';
    const shown = shownChange("a", { before: {}, after: { a } });
    assert.equal(shown.after?.slice(0, 79), after.slice(0, 79));
    assert.ok(!JSON.stringify(shown).includes("hush"));
  });

  it("shows what a secret is called, and says of a value that no preview knows that it comes later", () => {
    const properties = { secretName: "registry-a-password", id: unknownMark, list: [unknownMark] };
    const shown = (path: string) => shownChange(path, { before: {}, after: properties });
    assert.deepEqual(shown("secretName"), { after: '"registry-a-password"' });
    assert.deepEqual(shown("id"), { after: "(known after up)" });
    assert.deepEqual(shown("list"), { after: "[(known after up)]" });
  });

  it("shortens long values and ids", () => {
    const id = "/subscriptions/s/resourceGroups/g/providers/P/registries/r/scopeMaps/pull-node";
    assert.deepEqual(shownChange("id", { before: { id }, after: { id: "x".repeat(100) } }), {
      before: '"…/scopeMaps/pull-node"',
      after: `"${"x".repeat(78)}…`,
    });
  });
});
