// Does not prove what a registry answers: its promotions are given here, and looked for on real parts elsewhere.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

type Variables = Record<string, string>;
interface Promotion {
  tag: string;
  digest: string;
  run: string;
}
interface Found {
  restore: string;
  digest: string;
  pin: string;
  rejectedRuns: string[];
  asked: string[];
}
const { choose } = createRequire(__filename)("../../components/parts/azure/promotedImage.cjs") as {
  choose(environment: Variables, found: () => Promise<Promotion[]>): Promise<Found>;
};

/** Newest first, as the script sorts them. */
const promotions: Promotion[] = ["gc10", "gcz", "gc1"].map((run) => ({
  run,
  tag: `22-alpine-${run}`,
  digest: `sha256:${run}`,
}));
const image: Variables = {
  LOGIN_SERVER: "baseartifacts.azurecr.io",
  REGISTRY_CREATED: "2026-01-01",
  REPOSITORY: "node",
  TAG: "22-alpine",
  AGAIN_ON: "the gate",
};

describe("the search for a promoted image", () => {
  let looks: number;
  beforeEach(() => (looks = 0));
  const search = (more: Variables = {}, last?: Found): Promise<Found> =>
    choose(
      { ...image, ...more, ...(last ? { PULUMI_COMMAND_STDOUT: JSON.stringify(last) } : {}) },
      async () => {
        looks += 1;
        return promotions;
      },
    );

  it("gives a pinned run's tag with the digest that the stable tag must have afterwards", async () => {
    const { restore, digest, pin, rejectedRuns } = await search({ PIN: "gc1" });
    assert.deepEqual(
      [restore, digest, pin, rejectedRuns],
      ["22-alpine-gc1", "sha256:gc1", "gc1", []],
    );
  });

  it("takes a pin by digest, and hands it on as it was given", async () => {
    const { restore, pin } = await search({ PIN: "sha256:gcz" });
    assert.deepEqual([restore, pin], ["22-alpine-gcz", "sha256:gcz"]);
  });

  it("passes by what is rejected, and names its runs", async () => {
    const { restore, digest, rejectedRuns } = await search({ REJECT: "sha256:gc10 sha256:none" });
    assert.deepEqual([restore, digest, rejectedRuns], ["22-alpine-gcz", "sha256:gcz", ["gc10"]]);
  });

  it("restores nothing before the first promotion", async () => {
    const { restore, digest } = await choose({ ...image, REJECT: "sha256:x" }, async () => []);
    assert.deepEqual([restore, digest], ["", ""]);
  });

  it("refuses a pin to nothing, and a pin to what is rejected, with the promotions that there are", async () => {
    const there = "gcz (sha256:gcz), gc1 (sha256:gc1)";
    await assert.rejects(search({ PIN: "gc9" }), {
      message: `no promotion gc9 of node:22-alpine; there are: gc10 (sha256:gc10), ${there}`,
    });
    await assert.rejects(search({ PIN: "gc10", REJECT: "sha256:gc10" }), {
      message: `no promotion gc10 of node:22-alpine; there are: ${there}`,
    });
  });

  it("keeps its answer when only the way to sign in is another, or another image's tag came", async () => {
    const last = { ...(await search({ REJECT: "sha256:gc10" })), restore: "22-alpine-as-it-was" };
    const again = { REJECT: "sha256:gc10", ARM_CLIENT_ID: "other", STABLE_TAGS: "22-alpine-slim" };
    assert.deepEqual(await search(again, last), last);
    assert.equal(looks, 1);
  });

  const reasons: [what: string, more: Variables][] = [
    ["the registry is another", { LOGIN_SERVER: "other.azurecr.io" }],
    ["the registry was made anew under its name", { REGISTRY_CREATED: "2026-02-02" }],
    ["the repository is another", { REPOSITORY: "our/node" }],
    ["the tag is another", { TAG: "22" }],
    ["the pin is another", { PIN: "gcz" }],
    ["a digest is rejected", { REJECT: "sha256:gc10" }],
  ];
  for (const [what, more] of reasons)
    it(`looks again when ${what}`, async () => {
      const last = await search({ PIN: "gc1" });
      await search({ PIN: "gc1", ...more }, last);
      assert.equal(looks, 2);
    });

  it("looks again after an answer of an earlier version of the script", async () => {
    const old = { restore: "22-alpine-gc1", rejectedRuns: [] as string[] } as unknown as Found;
    const { digest } = await search({ PIN: "gc1" }, old);
    assert.equal(digest, "sha256:gc1");
  });
});
