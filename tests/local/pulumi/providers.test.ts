// Does not prove randomness, only the rules; nor that real plugins are found, only what is done when they are.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { debugProvidersBeside, installedPlugins } from "../../../local/pulumi/providers";
import { createRandomProvider, randomString } from "../../../local/pulumi/randomProvider";
import { decode, encode, keepSecrets, unknown } from "../../../local/pulumi/propertyBag";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe("the random stand-in", () => {
  it("makes strings of the length and characters asked for", () => {
    for (let i = 0; i < 200; i++) {
      assert.match(randomString({ length: 8, special: false, upper: false }), /^[a-z0-9]{8}$/);
      assert.match(
        randomString({ length: 3, minNumeric: 1, minUpper: 1, lower: false, special: false }),
        /^(?=.*\d)(?=.*[A-Z]).{3}$/,
      );
      assert.match(
        randomString({
          length: 4,
          upper: false,
          lower: false,
          numeric: false,
          overrideSpecial: "_",
        }),
        /^____$/,
      );
    }
  });

  it("refuses a string that cannot be", async () => {
    const target = {
      type: "random:index/randomString:RandomString",
      name: "s",
      urn: "u",
      olds: {},
      randomSeed: new Uint8Array(),
    };
    const { failures } = await createRandomProvider().check({
      ...target,
      news: { length: 2, minLower: 3 },
    });
    assert.deepEqual(failures, [
      { property: "length", reason: "length 2 is less than the minimums together, 3" },
    ]);
  });

  it("makes a new value when a keeper changes", () => {
    const { changes } = createRandomProvider().diff({
      type: "random:index/randomUuid:RandomUuid",
      name: "u",
      urn: "u",
      id: "i",
      state: {},
      oldInputs: { keepers: { a: "1" } },
      news: { keepers: { a: "2" } },
    });
    assert.deepEqual(changes, [{ path: "keepers.a", kind: "update", replaces: true }]);
  });

  it("keeps a string when a program only writes a default down", () => {
    const diff = (oldInputs: object, news: object) =>
      createRandomProvider().diff({
        ...{ type: "random:index/randomString:RandomString", name: "s", urn: "u", id: "i" },
        state: {},
        oldInputs: { ...oldInputs },
        news: { ...news },
      }).changes;
    assert.deepEqual(
      diff({ length: 6 }, { length: 6, lower: true, minUpper: 0, numeric: true }),
      [],
    );
    assert.deepEqual(diff({ length: 6 }, { length: 6, lower: false }), [
      { path: "lower", kind: "update", replaces: true },
    ]);
  });
});

describe("a property bag", () => {
  it("keeps secrets and unknowns on the way through a provider", () => {
    const wire = {
      a: secret("s3cret"),
      b: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
      c: { d: [secret("x"), "y"] },
    };
    const { values, marked, secrets } = decode(wire);
    assert.deepEqual(values, { a: "s3cret", b: unknown, c: { d: ["x", "y"] } });
    assert.deepEqual(secrets, ["s3cret", "x"]);
    assert.deepEqual(encode(keepSecrets({ ...values, out: "o", other: 1 }, marked, ["out"])), {
      a: secret("s3cret"),
      b: wire.b,
      c: { d: secret(["x", "y"]) },
      out: secret("o"),
      other: 1,
    });
  });
});

describe("debugProvidersBeside", () => {
  it("finds the plugins that Pulumi has installed, and no half-installed ones", () => {
    const folder = mkdtempSync(join(tmpdir(), "plugins-"));
    for (const name of [
      "resource-random-v4.21.2",
      "resource-command-v1.2.1",
      "language-yaml-v1.0.0",
    ])
      mkdirSync(join(folder, name));
    for (const name of ["resource-random-v4.21.2.lock", "resource-command-v1.2.1.partial"])
      writeFileSync(join(folder, name), "");
    const installed = installedPlugins(folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual(installed, [{ name: "random", version: "4.21.2" }]);
    assert.deepEqual(installedPlugins(folder), []);
  });

  const debugProviders = "azure-native:1,random:2,command:3";
  it("leaves out the plugins that are really there in the right version", () => {
    const installed = [
      { name: "random", version: "4.21.2" },
      { name: "command", version: "1.0.0" },
      { name: "azure-native", version: "3.28.0" },
    ];
    assert.equal(debugProvidersBeside(installed, { debugProviders }), "azure-native:1,command:3");
    assert.equal(debugProvidersBeside([], { debugProviders }), debugProviders);
  });
});
