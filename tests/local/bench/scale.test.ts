/** The growth benchmark's settings and table. Does not prove its figures: those are a machine's. */
import assert from "node:assert/strict";
import { addedOf, scaleTable } from "../../../local/bench/scale/scaleReport";
import type { CompanyMeasures, Measures } from "../../../local/bench/scale/company";
import { companyWith } from "../../../local/bench/scale/settings";
import { checkSettings } from "../../../settings";

const operation = (time: number): Measures => ({
  time,
  resources: 9,
  memory: 200_000_000,
  engineMemory: 100_000_000,
});
const company = (apps: number, time: number): CompanyMeasures => ({
  apps,
  up: operation(time),
  upWrittenOnce: operation(time),
  preview: operation(time),
});

describe("benchmark of growth", () => {
  for (const apps of [1, 10, 50])
    it(`measures ${apps} apps with settings that the program takes`, () => {
      const settings = companyWith(apps)({ baseImages: [], apps: [] });
      const checked = checkSettings({ location: "eastus", ...settings });
      assert.ok("settings" in checked, JSON.stringify(checked));
      assert.equal(checked.settings.apps.length, apps);
      assert.equal(checked.settings.baseImages.length, 5);
    });

  it("says what an app more took, which the time of starting cannot hide", () => {
    assert.deepEqual(addedOf([1, 10, 50], [5000, 14_000, 94_000]), [undefined, 1000, 2000]);
  });

  it("shows the time per app beside that of one app, and what is allowed", () => {
    const rows = scaleTable([[company(1, 4000), company(10, 10_000)]]).split("\n");
    const row = (title: string): string[] =>
      (rows.find((line) => line.trim().startsWith(title)) ?? "").trim().split(/\s{2,}/);
    assert.deepEqual(row("up, from empty"), ["up, from empty", "4.00 s", "10.00 s"]);
    assert.deepEqual(row("per app, to that of 1"), [
      "per app, to that of 1",
      ...["1.00 x", "0.25 x", "1.30 x"],
    ]);
    assert.deepEqual(row("per app added"), ["per app added", "0.67 s"]);
    assert.deepEqual(row("memory of the program"), [
      "memory of the program",
      ...["200 MB", "200 MB", "1000 MB"],
    ]);
  });
});
