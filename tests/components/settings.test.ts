// Does not prove that Azure takes every name that passes: only that what it surely refuses does not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { resourceNames } from "../../components/parts/names";
import { checkSettings, defaults, describeFaults, readSettings, type Fault } from "../../settings";

const unset = {
  location: "eastus",
  namePrefix: undefined,
  baseImage: undefined,
  sources: undefined,
  app: undefined,
};

function faultsOf(given: Partial<Record<keyof typeof unset, unknown>>): Fault[] {
  const checked = checkSettings({ ...unset, ...given });
  return "faults" in checked ? checked.faults : [];
}

const project = join(__dirname, "../..");
const yaml = (name: string): { config: Record<string, unknown> } =>
  parse(readFileSync(join(project, name), "utf8")) as { config: Record<string, unknown> };

describe("settings", () => {
  it("take the article's values where nothing is set", () => {
    assert.deepEqual(checkSettings(unset), { settings: { location: "eastus", ...defaults } });
  });

  it("keep the other members of a group when one is set", () => {
    assert.deepEqual(checkSettings({ ...unset, app: { gated: false } }), {
      settings: { location: "eastus", ...defaults, app: { name: "hello-world", gated: false } },
    });
  });

  it("name key, value, what is allowed and the command for every fault at once", () => {
    const faults = faultsOf({
      location: undefined,
      namePrefix: "Contoso_1",
      baseImage: { name: "node", tag: "" },
      sources: { helloWorld: "https://github.com/o/r.git" },
      app: { name: "hi", gated: "maybe" },
    });
    assert.equal(
      describeFaults(faults),
      `The stack's configuration needs mending:
  azure-native:location is not set; it must be an Azure region such as eastus
    pulumi config set azure-native:location eastus
  gated-imports:namePrefix is "Contoso_1"; it must be 2 to 11 lower-case letters and digits that begin with a letter
    pulumi config set gated-imports:namePrefix contoso
  gated-imports:baseImage.tag is ""; it must be an image tag such as 22-alpine
    pulumi config set --path gated-imports:baseImage.tag 22-alpine
  gated-imports:sources.helloWorld is "https://github.com/o/r.git"; it must be an https URL of a git repository with its #branch and no login in it
    pulumi config set --path gated-imports:sources.helloWorld '${defaults.sources.helloWorld}'
  gated-imports:app.name is "hi"; it must be 5 to 40 lower-case letters, digits and single hyphens
    pulumi config set --path gated-imports:app.name hello-world
  gated-imports:app.gated is "maybe"; it must be true or false
    pulumi config set --path gated-imports:app.gated true`,
    );
  });

  it("refuse a misspelt member instead of ignoring it", () => {
    assert.deepEqual(faultsOf({ app: { gatd: false } }), [
      {
        key: "gated-imports:app.gatd",
        problem: "is not a setting of this program",
        command: "pulumi config rm --path gated-imports:app.gatd",
      },
    ]);
  });

  it("refuse text where an object should be", () => {
    assert.deepEqual(faultsOf({ baseImage: "node:22" }), [
      {
        key: "gated-imports:baseImage",
        problem: 'is "node:22"; it must be an object with name, tag',
        command: "pulumi config rm gated-imports:baseImage",
      },
    ]);
  });

  for (const url of [
    "git@github.com:o/r.git#main",
    "http://github.com/o/r.git#main",
    "https://github.com/o/r.git",
    "https://github.com/o/r.git#",
    "https://github.com/o/r.git#main:folder",
    "https://user:token@github.com/o/r.git#main",
  ])
    it(`refuse ${url} as a source`, () => {
      assert.equal(faultsOf({ sources: { baseImageNode: url } }).length, 1);
    });

  it("let no name grow past Azure's limits", () => {
    const names = resourceNames("a".repeat(11), "a".repeat(40), "abc123");
    assert.deepEqual(faultsOf({ namePrefix: "a".repeat(11), app: { name: "a".repeat(40) } }), []);
    assert.equal(faultsOf({ namePrefix: "a".repeat(12), app: { name: "a".repeat(41) } }).length, 2);
    assert.ok(names.vault.length <= 24);
    assert.ok(names.containerGroup.length <= 63);
    for (const registry of [names.publicRegistry, names.baseArtifactsRegistry, names.teamRegistry])
      assert.ok(`registry-${registry}-user`.length <= 50);
  });

  it("report missing secrets with plain faults in one error, each with its command", () => {
    pulumi.runtime.setAllConfig({ "gated-imports:app": "yes" });
    assert.throws(readSettings, (error: Error) => {
      assert.ok(pulumi.RunError.isInstance(error));
      assert.deepEqual(error.message.match(/pulumi config .*/g), [
        "pulumi config set azure-native:location eastus",
        "pulumi config rm gated-imports:app",
        "pulumi config set --secret gated-imports:dockerHubUser",
        "pulumi config set --secret gated-imports:dockerHubPassword",
        "pulumi config set --secret gated-imports:gitToken",
      ]);
      return true;
    });
  });

  it("keep secrets secret", async () => {
    pulumi.runtime.setAllConfig({
      "azure-native:location": "eastus",
      "gated-imports:dockerHubUser": "u",
      "gated-imports:dockerHubPassword": "p",
      "gated-imports:gitToken": "t",
    });
    const { dockerHub, gitToken } = readSettings();
    for (const secret of [dockerHub.user, dockerHub.password, gitToken])
      assert.ok(await pulumi.isSecret(secret));
  });

  it("have the same defaults as the project file declares", () => {
    const declared = Object.entries(yaml("Pulumi.yaml").config).map(([key, declaration]) => [
      key.replace("gated-imports:", ""),
      (declaration as { default: unknown }).default,
    ]);
    assert.deepEqual(Object.fromEntries(declared), defaults);
  });

  for (const stack of ["dev", "local"])
    it(`of stack ${stack} are complete and without secrets`, () => {
      const { config } = yaml(`Pulumi.${stack}.yaml`);
      const own = (key: string): unknown => config[`gated-imports:${key}`];
      assert.deepEqual(Object.keys(config), [
        "azure-native:location",
        ...Object.keys(defaults).map((key) => `gated-imports:${key}`),
      ]);
      const given = {
        location: config["azure-native:location"],
        namePrefix: own("namePrefix"),
        baseImage: own("baseImage"),
        sources: own("sources"),
        app: own("app"),
      };
      assert.ok("settings" in checkSettings(given));
    });
});
