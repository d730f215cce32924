// Does not prove that a name is free: registries and vaults share theirs with all of Azure.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  containerGroupName,
  loginSecretName,
  namesOf,
  registryName,
  registryStem,
  valueName,
  vaultName,
} from "../../components/parts/names";
import { valueOf } from "./declare";
import { changed, settings } from "./settings/settingsTable";
import { complaints } from "./settings/given";

/** The longest value that a setting takes. */
const longest = (path: string): string =>
  [...(settings[path]?.allowed ?? [])].map(String).sort((a, b) => b.length - a.length)[0] ?? "";
const suffix = "abc123";

describe("the longest names that settings allow", () => {
  const prefix = longest("namePrefix");
  const app = longest("apps[0].name");
  const team = longest("apps[0].team");
  const image = "i".repeat(28);

  it("are the longest", () => {
    for (const [path, value] of [
      ["namePrefix", prefix],
      ["apps[0].name", app],
      ["apps[0].team", team],
      ["baseImages[0].name", image],
    ] as const)
      assert.notDeepEqual(complaints(changed(path, `${value}x`)), [], path);
  });

  const limits: [what: string, name: string, pattern: RegExp][] = [
    ["a registry of an app", registryName(prefix, app, suffix), /^[a-z0-9]{5,50}$/],
    ["a registry of a team", registryName(prefix, team, suffix), /^[a-z0-9]{5,50}$/],
    [
      "the base artifacts' registry",
      registryName(prefix, "baseartifacts", suffix),
      /^[a-z0-9]{5,50}$/,
    ],
    ["a vault", vaultName(prefix, suffix), /^[a-z][a-z0-9-]{2,23}$/],
    ["a container group", containerGroupName(app, suffix), /^[a-z0-9-]{1,63}$/],
    ["an app's token", `${app}-pull`, /^[a-z0-9-]{5,50}$/],
    ["an app's task run", `${app}-first-run`, /^[a-z0-9-]{5,50}$/],
    ["a gate's task", `base-import-${image}`, /^[a-z0-9-]{5,50}$/],
    ["a gate's task run", `base-import-${image}-first-run`, /^[a-z0-9-]{5,50}$/],
    [
      "a secret",
      `${loginSecretName(registryName(prefix, team, suffix), app)}-password`,
      /^[a-z0-9-]{1,127}$/,
    ],
  ];
  for (const [what, name, pattern] of limits)
    it(`stay within Azure's limits for ${what}`, () => {
      assert.match(name, pattern, `${name} has ${name.length}`);
    });
});

describe("names", () => {
  it("of registries have no hyphens, which Azure refuses", () => {
    assert.equal(registryStem("my-web-shop"), "mywebshop");
  });

  it("of secrets are the article's, and differ where apps share a registry", () => {
    assert.equal(loginSecretName("contosoteam"), "registry-contosoteam");
    assert.equal(loginSecretName("contosoteam", "shop"), "registry-contosoteam-shop");
  });

  it("of a task file's values can be written in it", () => {
    assert.equal(valueName("my-node-22"), "MY_NODE_22");
  });

  it("are ready for a suffix that is known only once the stack is there", async () => {
    const names = namesOf("contoso", pulumi.output(suffix));
    assert.deepEqual(
      await Promise.all(
        [names.vault, names.registry("web-shop"), names.containerGroup("web-shop")].map((name) =>
          valueOf(name),
        ),
      ),
      ["contoso-vault-abc123", "contosowebshopabc123", "web-shop-aci-abc123"],
    );
  });
});
