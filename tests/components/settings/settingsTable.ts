/** Every setting with values that are taken and refused, and the words of the refusal. */
import { app, baseImage, defaultSource, digest } from "./given";

export interface SettingCase {
  allowed: unknown[];
  refused: unknown[];
  /** What the error says it must be. */
  words: string;
  /** What the error's command sets. */
  example: string;
}

const gitUrl = (example: string): SettingCase => ({
  allowed: [
    "https://github.com/contoso/repo.git#release/1.2",
    "https://github.com/contoso/my.repo_2#v1",
    "https://github.com/contoso/repo#20261125",
    "https://github.com/contoso/repo#deadbeef",
  ],
  refused: [
    "git@github.com:o/r.git#main",
    "http://github.com/o/r.git#main",
    "https://github.com/o/r.git",
    "https://user:token@github.com/o/r.git#main",
  ],
  words: "an https URL of a GitHub repository with its #branch and no login in it",
  example: `'${example}'`,
});

const flag = (example: boolean): SettingCase => ({
  allowed: [true, false],
  refused: ["yes", 1],
  words: "true or false",
  example: String(example),
});

const days = (least: number, most: number, example: number): SettingCase => ({
  allowed: [least, most],
  refused: [least - 1, most + 1, least + 0.5, "7"],
  words: `a whole number of days from ${least} to ${most}`,
  example: String(example),
});

const pin: SettingCase = {
  allowed: ["gc1", "ca10", digest],
  refused: ["GC1", "22-alpine-gc1", "sha256:12", digest.toUpperCase()],
  words: "the id of the run that promoted the image, such as gc1, or the image's digest",
  example: "gc1",
};

const imageName: SettingCase = {
  allowed: ["node"],
  refused: ["n", "Node", "my--node", "node-", "1node", "a".repeat(29)],
  words: "2 to 28 lower-case letters, digits and single hyphens",
  example: "node",
};

const resource = (path: string): string => `/subscriptions/s/resourceGroups/g/providers/${path}`;

export const settings: Record<string, SettingCase> = {
  location: {
    allowed: ["eastus", "westus3"],
    refused: ["", 7, "nowhere", "usgovvirginia", "chinaeast"],
    words: "an Azure region such as eastus",
    example: "eastus",
  },
  namePrefix: {
    allowed: ["co", "c".repeat(11), "c0nt0s0"],
    refused: ["c", "c".repeat(12), "Contoso_1", "1contoso"],
    words: "2 to 11 lower-case letters and digits that begin with a letter",
    example: "contoso",
  },
  publicSimulator: flag(true),
  "baseImages[0].name": imageName,
  "baseImages[0].repository": {
    allowed: ["node", "dotnet/runtime", "a.b/c_d-e"],
    refused: ["", "Node", "/node", "node:22", "a".repeat(101)],
    words: "a repository as its registry names it, such as node or dotnet/runtime",
    example: "node",
  },
  "baseImages[0].tag": {
    allowed: ["22", "22-alpine", "v1.0_x"],
    refused: ["", ".22", "22 alpine", 22],
    words: "an image tag such as 22-alpine, in quotes if it could be a number",
    example: "22-alpine",
  },
  "baseImages[0].registry": {
    allowed: ["docker.io", "mcr.microsoft.com", "quay.io", "ghcr.io"],
    refused: ["hub.docker.com", "contoso.azurecr.io"],
    words: "docker.io, mcr.microsoft.com, quay.io, ghcr.io",
    example: "docker.io",
  },
  "baseImages[0].source": gitUrl(defaultSource),
  "baseImages[0].gate": gitUrl(defaultSource.replace("base-image-node", "import-baseimage-node")),
  "baseImages[0].schedule": {
    allowed: [
      "0 3 * * *",
      "*/5 0-6 1,15 * MON-FRI",
      "0 0 29 2 *",
      "0 0 31 */2 *",
      "10/20 0 * january sunday",
    ],
    refused: [
      "daily",
      "@daily",
      "0 3 * *",
      "0 0 3 * * *",
      "61 3 * * *",
      "0 24 * * *",
      "0 0 0 * *",
      "0 0 31 2 *",
      "0 0 31 apr,jun,9,NOV *",
      "0 0 30 2 1",
      "0 0 * 13 *",
      "0 0 * * 7",
      "*/0 * * * *",
      "0 0 L * *",
    ],
    words:
      "a time that comes, as five fields of cron in UTC: minute 0-59, hour 0-23, day 1-31, month 1-12, weekday 0-6",
    example: "'0 3 * * *'",
  },
  "baseImages[0].pin": pin,
  "baseImages[0].reject[0]": {
    allowed: [digest],
    refused: ["gc1", "sha256:12"],
    words: "a digest, sha256: and 64 hex digits",
    example: `'${digest}'`,
  },
  "apps[0].name": {
    allowed: ["shops", "a".repeat(32), "web-shop-2"],
    refused: ["shop", "a".repeat(33), "web--shop", "Web-shop", "-web-shop"],
    words: "5 to 32 lower-case letters, digits and single hyphens",
    example: "hello-world",
  },
  "apps[0].source": gitUrl(defaultSource.replace("base-image-node", "hello-world")),
  "apps[0].baseImages[0]": { ...imageName, refused: [] },
  "apps[0].gated": flag(true),
  "apps[0].team": {
    allowed: ["it", "t".repeat(20)],
    refused: ["t", "t".repeat(21), "web-team", "2nd"],
    words: "2 to 20 lower-case letters and digits that begin with a letter",
    example: "shop",
  },
  "apps[0].pin": pin,
  "tokens.rotated": {
    allowed: ["2026-11-24"],
    refused: ["24.11.2026", "2026-13-01", "2026-11-32"],
    words: "a date such as 2026-11-24",
    example: "2026-11-24",
  },
  "tokens.validDays": days(7, 730, 180),
  "registries.tier": {
    allowed: ["Premium", "Standard", "Basic"],
    refused: ["premium", "Free"],
    words: "Premium, Standard, Basic",
    example: "Premium",
  },
  "registries.softDeleteDays": days(1, 90, 7),
  "registries.retentionDays": days(1, 365, 30),
  "vault.purgeProtection": flag(false),
  "vault.rbac": flag(false),
  logAnalyticsWorkspace: {
    allowed: [resource("Microsoft.OperationalInsights/workspaces/w")],
    refused: ["logs", resource("Microsoft.Insights/components/c")],
    words: "the id of a Log Analytics workspace",
    example:
      "/subscriptions/ID/resourceGroups/NAME/providers/Microsoft.OperationalInsights/workspaces/NAME",
  },
  tags: {
    allowed: [{}, { owner: "platform", "cost.center": "a:b@c+d" }],
    refused: [
      "owner=platform",
      ["owner"],
      { owner: "two words" },
      { "an owner": "x" },
      { owner: 7 },
      { owner: "$(id)" },
      { generation: "x" },
      { Issued: "x" },
      Object.fromEntries(Array.from({ length: 14 }, (_, index) => [`t${index}`, "x"])),
    ],
    words:
      "at most 13 names with values, both of letters, digits and . _ - (values also : @ +); a secret has room for no more beside generation, issued, written, which the program writes",
    example: `'{"owner":"platform"}'`,
  },
  protect: flag(false),
};

/** A right configuration with another value at `path`. */
export function changed(path: string, value: unknown): Record<string, unknown> {
  const given: Record<string, unknown> = { baseImages: [{ ...baseImage }], apps: [{ ...app }] };
  const steps = path.replaceAll("[0]", ".0").split(".");
  const last = steps.pop() ?? "";
  let place = given;
  steps.forEach((step, index) => {
    place[step] ??= /^\d+$/.test(steps[index + 1] ?? last) ? [] : {};
    place = place[step] as Record<string, unknown>;
  });
  place[last] = value;
  return given;
}
