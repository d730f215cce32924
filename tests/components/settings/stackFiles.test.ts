// Does not prove that a stack of these settings comes up: that is tried on real parts elsewhere.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { registriesInUse } from "../../../settings";
import { accepted } from "./given";

const read = (stack: string): string =>
  readFileSync(join(__dirname, `../../../Pulumi.${stack}.yaml`), "utf8");

for (const stack of ["dev", "local"])
  describe(`Pulumi.${stack}.yaml`, () => {
    const { config } = parse(read(stack)) as { config: Record<string, unknown> };
    const plain = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.replace(/^.*:/, ""), value]),
    );

    it("comes up as it is, and spells out what one would change first", () => {
      const { baseImages, apps } = accepted(plain);
      assert.deepEqual(registriesInUse(baseImages), ["docker.io"]);
      assert.equal(apps.length, 1);
      assert.deepEqual(Object.keys(plain), ["location", "namePrefix", "baseImages", "apps"]);
    });

    it("says the same as the defaults, so that leaving a setting out changes nothing", () => {
      assert.deepEqual(accepted(plain), accepted({}));
    });

    it("has no secret in it", () => {
      assert.doesNotMatch(
        read(stack),
        /secure:|encryptionsalt|^ +gated-imports:\w*(token|password|user)/im,
      );
    });
  });

describe("Pulumi.dev.yaml", () => {
  it("tells of every secret that has to be set, and of no other", () => {
    const told = [...read("dev").matchAll(/config set --secret gated-imports:(\w+)/g)];
    assert.deepEqual(
      told.map(([, key]) => key),
      ["dockerHubUser", "dockerHubPassword", "gitToken"],
    );
  });
});
