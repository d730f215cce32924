// Does not prove that Azure tells of its passwords as here: that was read of its API.
import assert from "node:assert/strict";
import { nextGeneration } from "../../components/parts/tokenPassword";

const issued = "2026-06-01T12:00:00.123Z";
const now = new Date("2026-07-01T00:00:00Z");
const stored = { generation: "2026-05-01", issued };
const options = { rotated: "2026-05-01", validDays: 180 };
const far = "2026-11-28T12:00:00Z";

interface Case {
  title: string;
  stored?: { generation?: string; issued?: string } | undefined;
  alive?: { creationTime?: string; expiry?: string }[];
  options?: { rotated?: string | undefined; validDays: number };
  generation: string;
}

const kept = stored.generation;
const followed = `${kept} after ${issued}`;
const alive = [{ creationTime: issued, expiry: far }];

const cases: Case[] = [
  { title: "is issued where there is none yet", stored: undefined, generation: kept },
  {
    title: "is issued where there is none yet and no rotation is asked for",
    stored: undefined,
    options: { validDays: 180 },
    generation: "first",
  },
  {
    title: "is issued where the secret was stored by somebody else, without tags",
    stored: {},
    generation: kept,
  },
  { title: "stays as long as it is alive", alive, generation: kept },
  {
    title: "stays where no rotation was ever asked for",
    stored: { generation: "first", issued },
    alive,
    options: { validDays: 180 },
    generation: "first",
  },
  {
    title: "stays where it never expires",
    alive: [{ creationTime: issued }],
    generation: kept,
  },
  {
    title: "stays where the other one is gone",
    alive: [{ creationTime: "2026-05-01T00:00:00Z", expiry: "2026-05-02T00:00:00Z" }, ...alive],
    generation: kept,
  },
  {
    title: "stays where Azure gives its time with more digits than the vault",
    alive: [{ creationTime: "2026-06-01T12:00:00.1234567+00:00", expiry: far }],
    generation: kept,
  },
  {
    title: "stays where Azure gives its time in whole seconds",
    alive: [{ creationTime: "2026-06-01T12:00:00Z", expiry: far }],
    generation: kept,
  },
  {
    title: "changes on another date of rotation",
    alive,
    options: { rotated: "2026-07-01", validDays: 180 },
    generation: "2026-07-01",
  },
  {
    title: "changes on another date of rotation after it was lost once",
    stored: { generation: followed, issued },
    alive,
    options: { rotated: "2026-07-01", validDays: 180 },
    generation: "2026-07-01",
  },
  {
    title: "changes back with the date, since that is another one too",
    stored: { generation: "2026-07-01", issued },
    alive,
    generation: kept,
  },
  { title: "is issued again when it was wiped", alive: [], generation: followed },
  {
    title: "is issued again when only the other one is alive",
    alive: [{ creationTime: "2026-05-01T00:00:00Z", expiry: far }],
    generation: followed,
  },
  {
    title: "is issued again when Azure does not say when it was made",
    alive: [{ expiry: far }],
    generation: followed,
  },
  {
    title: "is issued again when it has expired",
    alive: [{ creationTime: issued, expiry: "2026-06-30T23:59:59Z" }],
    generation: followed,
  },
  {
    title: "is issued again when less than a quarter of its life is left",
    // 45 days before which is 14 August.
    alive: [{ creationTime: issued, expiry: "2026-08-14T00:00:00Z" }],
    generation: followed,
  },
  {
    title: "stays when more than a quarter of its life is left",
    alive: [{ creationTime: issued, expiry: "2026-08-16T00:00:00Z" }],
    generation: kept,
  },
  {
    title: "is issued once, not at each up, when it was lost before",
    stored: { generation: followed, issued: "2026-06-20T00:00:00Z" },
    alive: [{ creationTime: "2026-06-20T00:00:00Z", expiry: far }],
    generation: followed,
  },
  {
    title: "is issued again when it is lost a second time",
    stored: { generation: followed, issued: "2026-06-20T00:00:00Z" },
    alive: [],
    generation: "2026-05-01 after 2026-06-20T00:00:00Z",
  },
];

describe("a token's password", () => {
  for (const one of cases)
    it(one.title, () => {
      const known = "stored" in one ? one.stored : stored;
      const found = nextGeneration(known, one.alive ?? [], one.options ?? options, now);
      assert.equal(found, one.generation);
    });
});
