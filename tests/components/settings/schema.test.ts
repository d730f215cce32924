// Does not prove that Azure takes every value that passes: only that what it surely refuses does not.
import assert from "node:assert/strict";
import * as z from "zod";
import { schema } from "../../../settings/schema";
import { accepted, app, baseImage, complaint, complaints, defaultSource } from "./given";
import { changed, settings } from "./settingsTable";

const defaultApp = `'${defaultSource.replace("base-image-node", "hello-world")}'`;

/** The places of all single values, such as `baseImages[0].tag`. */
function leaves(type: unknown, path: string): string[] {
  if (
    type instanceof z.ZodOptional ||
    type instanceof z.ZodDefault ||
    type instanceof z.ZodPrefault
  )
    return leaves(type.unwrap(), path);
  if (type instanceof z.ZodArray) return leaves(type.element, `${path}[0]`);
  if (type instanceof z.ZodTuple) return leaves(type.def.items[0], `${path}[0]`);
  if (!(type instanceof z.ZodObject)) return [path];
  return Object.entries(type.shape).flatMap(([key, member]) =>
    leaves(member, path ? `${path}.${key}` : key),
  );
}

describe("each setting", () => {
  it("is tried here: none is left to be found out by a user", () => {
    assert.deepEqual(Object.keys(settings).sort(), leaves(schema, "").sort());
  });

  for (const [path, { allowed, refused, words, example }] of Object.entries(settings)) {
    for (const value of allowed)
      it(`${path} takes ${JSON.stringify(value)}`, () => {
        assert.deepEqual(complaints(changed(path, value)), []);
      });

    const key = path === "location" ? "azure-native:location" : `gated-imports:${path}`;
    const nested = key.includes(".") || key.includes("[");
    for (const value of refused)
      it(`${path} refuses ${JSON.stringify(value)} and says what it must be`, () => {
        assert.deepEqual(
          complaints(changed(path, value)),
          complaint(
            `${key} is ${JSON.stringify(value)}; it must be ${words}`,
            `set ${nested ? `--path '${key}'` : key} ${example}`,
          ),
        );
      });
  }
});

describe("a setting that is not set", () => {
  it("takes what the article has, and the safe side of what it has not", () => {
    const { baseImages, apps, ...others } = accepted({});
    assert.deepEqual(
      [...baseImages, ...apps].map(({ name }) => name),
      ["node", "hello-world"],
    );
    assert.equal(apps[0]?.gated, true);
    assert.deepEqual(
      { ...others, simulatedImages: others.simulatedImages.length },
      {
        location: "eastus",
        namePrefix: "contoso",
        simulatedImages: 1,
        tokens: { validDays: 180 },
        registries: { tier: "Premium", logAnalyticsWorkspace: undefined },
        vault: {
          purgeProtection: false,
          rbac: false,
          location: "eastus",
          logAnalyticsWorkspace: undefined,
        },
        tags: {},
        protect: false,
      },
    );
  });

  it("leaves the other members of its group as they are by default", () => {
    assert.deepEqual(accepted({ tokens: { rotated: "2026-11-24" } }).tokens, {
      rotated: "2026-11-24",
      validDays: 180,
    });
  });

  it("is asked for where there is no default", () => {
    assert.deepEqual(
      complaints({ location: undefined, apps: [{ baseImages: ["node"] }] }),
      [
        [
          "azure-native:location is not set; it must be an Azure region such as eastus",
          "set azure-native:location eastus",
        ],
        [
          "gated-imports:apps[0].name is not set; it must be 5 to 32 lower-case letters, digits and single hyphens",
          "set --path 'gated-imports:apps[0].name' hello-world",
        ],
        [
          "gated-imports:apps[0].source is not set; it must be an https URL of a GitHub repository with its #branch and no login in it",
          "set --path 'gated-imports:apps[0].source' 'https://github.com/importing-public-content/hello-world.git#main'",
        ],
      ].flatMap(([problem = "", command = ""]) => complaint(problem, command)),
    );
  });
});

describe("a date without quotes", () => {
  it("is the same date, though Pulumi hands it on with the time of day", () => {
    for (const rotated of [
      "2026-11-24 00:00:00 +0000 UTC",
      "2026-11-24T00:00:00Z",
      "2026-11-24 00:00:00",
    ])
      assert.equal(accepted({ tokens: { rotated } }).tokens.rotated, "2026-11-24");
  });
});

describe("a mistake that looks like something else", () => {
  const cases: [string, unknown, string, string][] = [
    ["azure-native:location", "East US", "an Azure region such as eastus", "eastus"],
    ["azure-native:location", "westeurpoe", "an Azure region such as eastus", "westeurope"],
    ...["https://dev.azure.com/contoso/shop/_git/web#main", "https://gitlab.com/o/r.git#main"].map(
      (url): [string, unknown, string, string] => [
        "gated-imports:apps[0].source",
        url,
        "on github.com: commits elsewhere do not start this program's tasks",
        defaultApp,
      ],
    ),
    [
      "gated-imports:apps[0].source",
      "https://github.com/o#main",
      "a URL of an owner and a repository, as in https://github.com/OWNER/NAME.git#main",
      defaultApp,
    ],
    [
      "gated-imports:apps[0].source",
      "https://github.com/o/r.git#refs/heads/release/1",
      "a URL with the branch alone behind its #, without refs/",
      "'https://github.com/o/r.git#release/1'",
    ],
    [
      "gated-imports:apps[0].source",
      "https://github.com/o/r.git#refs/tags/v1",
      "a URL with the branch alone behind its #, without refs/",
      defaultApp,
    ],
    ...["0123456789abcdef0123456789abcdef01234567", "a1b2c3d"].map(
      (commit): [string, unknown, string, string] => [
        "gated-imports:apps[0].source",
        `https://github.com/o/r.git#${commit}`,
        "a URL with a branch behind its #: no push would start a run of a commit",
        defaultApp,
      ],
    ),
    ...[
      ...["", "-x", "a..b", "a~1", "a^", "main:folder", "a?", "a*", "a[b", "a\\b", "a@{b", "@"],
      ...["HEAD", "/a", "a/", "a//b", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a\u0007"],
    ].map((branch): [string, unknown, string, string] => [
      "gated-imports:apps[0].source",
      `https://github.com/o/r.git#${branch}`,
      "a URL with a branch behind its # that git takes",
      defaultApp,
    ]),
  ];
  for (const [key, value, words, example] of cases)
    it(`is named for what it is: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        complaints(changed(key.replace(/^.*:/, ""), value)),
        complaint(
          `${key} is ${JSON.stringify(value)}; it must be ${words}`,
          `set ${key.includes(".") ? `--path '${key}'` : key} ${example}`,
        ),
      );
    });
});

describe("several mistakes", () => {
  it("of one place are one, the first", () => {
    const image = { ...baseImage, name: "Node" };
    assert.deepEqual(
      complaints({ baseImages: [image, { ...image, tag: "24" }], apps: [] }).filter((line) =>
        line.includes(" is "),
      ),
      [0, 1].map(
        (index) =>
          `  gated-imports:baseImages[${index}].name is "Node"; it must be 2 to 28 lower-case letters, digits and single hyphens`,
      ),
    );
  });

  it("are told all at once, each with its key and command, and once only", () => {
    assert.deepEqual(
      complaints({
        namePrefix: "Contoso_1",
        baseImages: [{ ...baseImage, name: "Node", tag: "" }],
        apps: [app],
        vault: { rbac: "maybe" },
        tags: { owner: "two words" },
        prefix: "x",
      }).filter((line) => line.startsWith("    ")),
      [
        "set gated-imports:namePrefix contoso",
        "set --path 'gated-imports:baseImages[0].name' node",
        "set --path 'gated-imports:baseImages[0].tag' 22-alpine",
        "set --path 'gated-imports:vault.rbac' false",
        `set gated-imports:tags '{"owner":"platform"}'`,
        "rm gated-imports:prefix",
      ].map((command) => `    pulumi config ${command}`),
    );
  });
});

describe("the shape of the configuration", () => {
  const cases: [string, unknown, string][] = [
    ["baseImages", "node", "a list of base images"],
    ["baseImages", [], "a list of at least one base image"],
    ["baseImages[0]", "node:22", "an object with name, tag and gate"],
    ["baseImages[0].reject", "sha256:0", "a list of digests"],
    ["apps", { name: "web-shop" }, "a list of apps"],
    ["apps[0]", "web-shop", "an object with name, source and baseImages"],
    ["apps[0].baseImages", "node", "a list of base images' names"],
    ["tokens", 180, "an object with rotated, validDays"],
    ["registries", true, "an object with tier, softDeleteDays, retentionDays"],
    ["vault", "rbac", "an object with purgeProtection, rbac"],
  ];
  for (const [path, value, words] of cases)
    it(`is named where ${path} is ${JSON.stringify(value)}, with the way back to the default`, () => {
      const key = `gated-imports:${path}`;
      assert.deepEqual(
        complaints(changed(path, value)),
        complaint(
          `${key} is ${JSON.stringify(value)}; it must be ${words}`,
          `rm ${/[.[]/.test(path) ? `--path '${key}'` : key}`,
        ),
      );
    });

  it("is not an app on no image: the first one is asked for", () => {
    assert.deepEqual(
      complaints(changed("apps[0].baseImages", [])),
      complaint(
        "gated-imports:apps[0].baseImages[0] is not set; it must be 2 to 28 lower-case letters, digits and single hyphens",
        "set --path 'gated-imports:apps[0].baseImages[0]' node",
      ),
    );
  });

  it("has no room for a misspelt member, which would be ignored without a word", () => {
    for (const [path, meant] of [
      ["tokens.rotate", "tokens.rotated"],
      ["baseImages[0].digest", undefined],
      ["apps[0].gatd", "apps[0].gated"],
      ["protct", "protect"],
      ["base-images", "baseImages"],
      ["dockerhubPasword", "dockerHubPassword"],
      ["registries.zoneRedundant", undefined],
    ] as const)
      assert.deepEqual(
        complaints(changed(path, "x")),
        complaint(
          `gated-imports:${path} is not a setting of this program${meant ? `; gated-imports:${meant} is` : ""}`,
          `rm ${path.includes(".") ? `--path 'gated-imports:${path}'` : `gated-imports:${path}`}`,
        ),
      );
  });

  it("has what a misspelt key holds, so that nothing is said to be missing besides", () => {
    assert.deepEqual(
      complaints({
        baseImage: [{ ...baseImage, name: "python" }],
        apps: [{ ...app, baseImages: ["python"] }],
      }),
      complaint(
        "gated-imports:baseImage is not a setting of this program; gated-imports:baseImages is",
        "rm gated-imports:baseImage",
      ),
    );
  });
});
