// Does not prove that Azure would refuse these: only that a user hears of each before anything is made.
import assert from "node:assert/strict";
import { app, baseImage, complaint, complaints, digest, defaultSource } from "./given";

type Case = [title: string, given: Record<string, unknown>, problem: string, command: string];

const other = { ...baseImage, name: "python", tag: "3.13" };
const images = { baseImages: [baseImage, other] };
const fromRegistry = (image: object, registry: string): object => ({ ...image, registry });

const cases: Case[] = [
  [
    "two base images of one name, whose tasks would overwrite each other",
    { baseImages: [baseImage, { ...baseImage, tag: "24" }], apps: [app] },
    'baseImages[1].name is "node", and so baseImages[0] has it already; baseImages must differ',
    "set --path 'gated-imports:baseImages[1].name' another-name",
  ],
  [
    "two base images that would be promoted to one tag",
    { baseImages: [baseImage, { ...other, repository: "node", tag: "22-alpine" }], apps: [app] },
    'baseImages[1].tag is "22-alpine", and so baseImages[0] has it already; baseImages must differ',
    "set --path 'gated-imports:baseImages[1].tag' another-tag",
  ],
  [
    "two apps of one name",
    { apps: [app, { ...app, source: baseImage.source }] },
    'apps[1].name is "web-shop", and so apps[0] has it already; apps must differ',
    "set --path 'gated-imports:apps[1].name' another-name",
  ],
  [
    "an app whose registry would have the name of another app's",
    { apps: [app, { ...app, name: "webshop" }] },
    "apps[1].name would share its registry's name with app web-shop",
    "set --path 'gated-imports:apps[1].name' another-name",
  ],
  [
    "a team whose registry would have the name of an app's",
    { apps: [app, { ...app, name: "checkout", team: "webshop" }] },
    "apps[1].team would share its registry's name with app web-shop",
    "set --path 'gated-imports:apps[1].team' anotherteam",
  ],
  [
    "a team whose registry would be the public one",
    { apps: [{ ...app, team: "public" }] },
    "apps[0].team would share its registry's name with the public registry",
    "set --path 'gated-imports:apps[0].team' anotherteam",
  ],
  [
    "an app whose registry would be the one behind the gate",
    { apps: [{ ...app, name: "base-artifacts" }] },
    "apps[0].name would share its registry's name with base artifacts",
    "set --path 'gated-imports:apps[0].name' another-name",
  ],
  [
    "an app that is called like a gate's task",
    { apps: [{ ...app, name: "base-import-node" }] },
    `apps[0].name is "base-import-node", which is the name of a base image's task`,
    "set --path 'gated-imports:apps[0].name' another-name",
  ],
  [
    "an app that is called like the task of a simulated image",
    { apps: [{ ...app, name: "node-public" }] },
    `apps[0].name is "node-public", which is the name of a base image's task`,
    "set --path 'gated-imports:apps[0].name' another-name",
  ],
  [
    "a simulated image that nothing builds",
    { baseImages: [{ ...baseImage, source: undefined }] },
    "baseImages[0].source is not set; it must be the git repository that builds the image in the simulated public registry, or `registry` the public registry that has it",
    `set --path 'gated-imports:baseImages[0].source' '${defaultSource}'`,
  ],
  [
    "a pin to what is rejected",
    { baseImages: [{ ...baseImage, pin: digest, reject: [digest] }] },
    "baseImages[0].pin is among the digests of `reject`",
    "rm --path 'gated-imports:baseImages[0].pin'",
  ],
  [
    "an app on an image that there is not",
    { ...images, apps: [{ ...app, baseImages: ["node", "ruby"] }] },
    'apps[0].baseImages[1] is "ruby"; it must be the name of a base image: node, python',
    "set --path 'gated-imports:apps[0].baseImages[1]' node",
  ],
  [
    "an app on an image that there is not, where no base image is set",
    { apps: [{ ...app, baseImages: ["ruby"] }] },
    'apps[0].baseImages[0] is "ruby"; it must be the name of a base image: node',
    "set --path 'gated-imports:apps[0].baseImages[0]' node",
  ],
  [
    "an app without the gate on images of several registries, of which its task can enter one",
    {
      baseImages: [baseImage, fromRegistry(other, "quay.io")],
      apps: [{ ...app, baseImages: ["node", "python"], gated: false }],
    },
    "apps[0].gated is false, but its base images come from different public registries",
    "set --path 'gated-imports:apps[0].gated' true",
  ],
  [
    "a pinned app without the gate, since public registries keep no promotions",
    { apps: [{ ...app, gated: false, pin: "gc1" }] },
    "apps[0].pin needs `gated`: only base artifacts keep promoted images",
    "rm --path 'gated-imports:apps[0].pin'",
  ],
  [
    "an app that is pinned to a rejected image",
    { baseImages: [{ ...baseImage, reject: [digest] }], apps: [{ ...app, pin: digest }] },
    "apps[0].pin is a digest that its base image rejects",
    "rm --path 'gated-imports:apps[0].pin'",
  ],
  [
    "soft delete and retention at once, of which Azure has one",
    { registries: { softDeleteDays: 7, retentionDays: 30 } },
    "registries.retentionDays is set, and so is softDeleteDays; Azure has one of them on a registry",
    "rm --path 'gated-imports:registries.retentionDays'",
  ],
  [
    "a retention in a tier that has none",
    { registries: { tier: "Basic", retentionDays: 30 } },
    "registries.retentionDays needs the tier Premium, and the tier is Basic",
    "rm --path 'gated-imports:registries.retentionDays'",
  ],
];

describe("settings that do not go together", () => {
  for (const [title, given, problem, command] of cases)
    it(`are named with the way out: ${title}`, () => {
      // Each command mends what it is printed for.
      assert.deepEqual(complaints(given), complaint(`gated-imports:${problem}`, command));
    });
});

describe("settings that only look as if they did not go together", () => {
  const fine: Record<string, Record<string, unknown>> = {
    "two tags of one repository": {
      baseImages: [baseImage, { ...baseImage, name: "node-next", repository: "node", tag: "24" }],
    },
    "one tag in two repositories": { baseImages: [baseImage, { ...other, tag: "22-alpine" }] },
    "apps of one team": {
      apps: [
        { ...app, team: "shop" },
        { ...app, name: "checkout", team: "shop" },
      ],
    },
    "an image without a source, from a real registry": {
      baseImages: [fromRegistry({ ...baseImage, source: undefined }, "quay.io")],
    },
    "an image without a source, with the simulator off": {
      publicSimulator: false,
      baseImages: [{ ...baseImage, source: undefined }],
    },
    "an app without the gate on two images of one registry": {
      ...images,
      apps: [{ ...app, baseImages: ["node", "python"], gated: false }],
    },
    "a pin beside other rejections": {
      baseImages: [{ ...baseImage, pin: "gc1", reject: [digest] }],
    },
    "an app that is pinned to another digest than the rejected one": {
      baseImages: [{ ...baseImage, reject: [digest.replace("0", "1")] }],
      apps: [{ ...app, pin: digest }],
    },
    "no app at all, where apps live in other stacks": { apps: [] },
    "retention alone": { registries: { retentionDays: 30 } },
  };
  for (const [title, given] of Object.entries(fine))
    it(`are let through: ${title}`, () => {
      assert.deepEqual(complaints(given), []);
    });
});
