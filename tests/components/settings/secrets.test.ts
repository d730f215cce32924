// Does not prove that a login works: only which ones are asked for, and that they stay secret.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { misspeltNamespaces, readSettings, type Settings } from "../../../settings";
import { valueOf } from "../declare";
import { app, baseImage } from "./given";

/** Reads settings as a stack has them; secrets by key without the project. */
function read(
  settings: Record<string, unknown>,
  secrets: Record<string, string>,
  settingsFile?: string,
): Settings {
  const set = Object.entries(settings).filter(([, value]) => value !== undefined);
  const given = set.map(([key, value]) => [
    key === "location" ? "azure-native:location" : `gated-imports:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const secret = Object.entries(secrets).map(([key, value]) => [`gated-imports:${key}`, value]);
  pulumi.runtime.setAllConfig(
    Object.fromEntries([
      ...given,
      ...secret,
      ...(settingsFile ? [["local:settingsFile", settingsFile]] : []),
    ]),
    secret.map(([key = ""]) => key),
  );
  return readSettings();
}

const from = (...registries: string[]): Record<string, unknown> => ({
  location: "eastus",
  apps: [],
  baseImages: registries.map((registry, index) => ({
    ...baseImage,
    name: `image-${index}`,
    registry,
  })),
});

/** The configuration keys whose values are asked for. */
function askedFor(settings: Record<string, unknown>): string[] {
  try {
    read(settings, {});
    return [];
  } catch (error) {
    return [...String(error).matchAll(/config set --secret gated-imports:(\w+)/g)].map(
      ([, key = ""]) => key,
    );
  }
}

describe("secrets", () => {
  const logins: [string, string[]][] = [
    ["docker.io", ["dockerHubUser", "dockerHubPassword"]],
    ["quay.io", ["quayUser", "quayPassword"]],
    ["ghcr.io", ["ghcrUser", "ghcrPassword"]],
    ["mcr.microsoft.com", []],
  ];
  for (const [registry, keys] of logins)
    it(`are asked for of whoever imports from ${registry}: ${keys.join(", ") || "none"}`, () => {
      assert.deepEqual(askedFor(from(registry)), [...keys, "gitToken"]);
    });

  it("are asked for once where several images come from one registry", () => {
    assert.deepEqual(askedFor(from("quay.io", "quay.io", "mcr.microsoft.com")), [
      "quayUser",
      "quayPassword",
      "gitToken",
    ]);
  });

  it("of Docker Hub are asked for by the simulated registry, which builds on it", () => {
    assert.deepEqual(askedFor({ location: "eastus" }), [
      "dockerHubUser",
      "dockerHubPassword",
      "gitToken",
    ]);
  });

  it("of registries are not asked for as long as the images are not understood", () => {
    assert.deepEqual(askedFor({ location: "eastus", baseImages: "node" }), ["gitToken"]);
  });

  it("are listed with plain mistakes in one error, each with its command", () => {
    assert.throws(
      () =>
        read(
          {
            ...from("ghcr.io"),
            apps: [{ ...app, name: "shop", baseImages: ["image-0"], gatd: true }],
            registries: { softDeleteDays: 1, retentionDays: 1 },
          },
          { ghcrUser: "u" },
        ),
      (error: Error) => {
        assert.ok(pulumi.RunError.isInstance(error), "no stack trace is shown");
        assert.equal(
          error.message,
          `The stack's configuration needs mending:
  gated-imports:apps[0].name is "shop"; it must be 5 to 32 lower-case letters, digits and single hyphens
    pulumi config set --path 'gated-imports:apps[0].name' hello-world
  gated-imports:apps[0].gatd is not a setting of this program; gated-imports:apps[0].gated is
    pulumi config rm --path 'gated-imports:apps[0].gatd'
  gated-imports:registries.retentionDays is set, and so is softDeleteDays; Azure has one of them on a registry
    pulumi config rm --path 'gated-imports:registries.retentionDays'
  gated-imports:ghcrPassword is not set; it must be a GitHub access token with read access
    pulumi config set --secret gated-imports:ghcrPassword
  gated-imports:gitToken is not set; it must be a GitHub token that may read the tasks' repositories and manage their webhooks
    pulumi config set --secret gated-imports:gitToken`,
        );
        return true;
      },
    );
  });

  it("are known settings, and what is like one but misspelt is not", () => {
    assert.throws(
      () =>
        read(
          {
            ...from("mcr.microsoft.com"),
            location: undefined,
            protct: true,
            dockerhubPasswd: "hidden",
          },
          { gitToken: "t", quayUser: "u", quayPassword: "p", location: "eastus" },
        ),
      {
        message: `The stack's configuration needs mending:
  azure-native:location is not set; it must be an Azure region such as eastus
    pulumi config set azure-native:location eastus
  gated-imports:protct is not a setting of this program; gated-imports:protect is
    pulumi config rm gated-imports:protct
  gated-imports:dockerhubPasswd is not a setting of this program; gated-imports:dockerHubPassword is
    pulumi config rm gated-imports:dockerhubPasswd
  gated-imports:location is not a setting of this program; azure-native:location is
    pulumi config rm gated-imports:location`,
      },
    );
  });

  it("and settings are mended where a stack's configuration is a copy: in the file, on the local Azure", () => {
    const settings = { ...from("quay.io"), namePrefix: "C", protct: true };
    assert.throws(
      () => read(settings, { gitToken: "t", quayUser: "u" }, "/checkout/Pulumi.local.yaml"),
      {
        message: `The stack's configuration needs mending (/checkout/Pulumi.local.yaml):
  gated-imports:namePrefix is "C"; it must be 2 to 11 lower-case letters and digits that begin with a letter
    in Pulumi.local.yaml, set gated-imports:namePrefix to contoso
  gated-imports:protct is not a setting of this program; gated-imports:protect is
    in Pulumi.local.yaml, take out gated-imports:protct
  gated-imports:quayPassword is not set; it must be a Quay access token with read access
    pulumi -C "$GATED_IMPORTS_PROJECT" config set -s local --secret gated-imports:quayPassword, in a shell with npm run local -- env`,
      },
    );
  });

  it("that are missing are said to be what they must be", () => {
    assert.throws(() => read(from("quay.io"), { gitToken: "t", quayUser: "" }), {
      message: `The stack's configuration needs mending:
  gated-imports:quayUser is not set; it must be a Quay user name
    pulumi config set --secret gated-imports:quayUser
  gated-imports:quayPassword is not set; it must be a Quay access token with read access
    pulumi config set --secret gated-imports:quayPassword`,
    });
  });

  it("stay secret, and reach the program as they are", async () => {
    const { publicLogins, gitToken } = read(from("docker.io", "mcr.microsoft.com"), {
      dockerHubUser: "u",
      dockerHubPassword: "p",
      gitToken: "t",
    });
    assert.deepEqual(Object.keys(publicLogins), ["docker.io", "mcr.microsoft.com"]);
    assert.equal(publicLogins["mcr.microsoft.com"], undefined);
    const { user, password } = publicLogins["docker.io"] ?? assert.fail("no login");
    for (const [secret, value] of [
      [user, "u"],
      [password, "p"],
      [gitToken, "t"],
    ] as const) {
      assert.ok(await pulumi.isSecret(pulumi.output(secret)));
      assert.equal(await valueOf(secret), value);
    }
  });

  it("leave plain settings plain: text, numbers and lists as they were set", () => {
    const { namePrefix, protect, tags, location } = read(
      { ...from("mcr.microsoft.com"), namePrefix: "acme", protect: true, tags: { owner: "a" } },
      { gitToken: "t" },
    );
    assert.deepEqual(
      [namePrefix, protect, tags, location],
      ["acme", true, { owner: "a" }, "eastus"],
    );
  });
});

describe("a key that nobody reads", () => {
  it("is told with the one that is meant, or its value would never count", () => {
    const keys = [
      ...[
        "gated-imports:apps",
        "azure-native:location",
        "azure-native:useMsi",
        "local:settingsFile",
      ],
      ...["gated-import:apps", "azure-native:locaton", "azurenative:location", "pulumi:tags"],
    ];
    assert.deepEqual(misspeltNamespaces(keys), [
      {
        path: ["gated-import:apps"],
        problem: "is read by nobody; gated-imports:apps may be meant",
      },
      {
        path: ["azure-native:locaton"],
        problem: "is no setting of azure-native; azure-native:location is",
      },
      {
        path: ["azurenative:location"],
        problem: "is read by nobody; azure-native:location may be meant",
      },
    ]);
  });
});
