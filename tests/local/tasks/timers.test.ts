// Does not prove that a real minute passes: the tests move a clock of their own.
import assert from "node:assert/strict";
import { readSchedule } from "../../../local/arm";
import type { Clock } from "../../../local/tasks/timers";
import { openRig, registryId, type Rig } from "./support/rig";

const begin = Date.parse("2026-03-01T10:00:30Z");

function fakeClock(): Clock & { to(time: string): void; waiting: number } {
  let now = begin;
  const calls = new Map<symbol, { time: number; call: () => void }>();
  const due = () =>
    [...calls].filter(([, { time }]) => time <= now).sort(([, a], [, b]) => a.time - b.time)[0];
  return {
    now: () => now,
    at(time, call) {
      const key = Symbol();
      calls.set(key, { time, call });
      return () => void calls.delete(key);
    },
    get waiting() {
      return calls.size;
    },
    /** Moves on by half minutes, and calls what is due. */
    to(time) {
      const end = Date.parse(time);
      for (; now <= end; now += 30_000) {
        for (let next = due(); next; next = due()) {
          calls.delete(next[0]);
          next[1].call();
        }
      }
    },
  };
}

describe("timer triggers", () => {
  let rig: Rig;
  let clock: ReturnType<typeof fakeClock>;
  beforeEach(async () => {
    clock = fakeClock();
    rig = await openRig({ clock });
    rig.git.commit({ "acr-task.yaml": "steps:\n  - cmd: docker.io/library/node:22 node -v\n" });
  });
  afterEach(() => rig.close());

  const timer = (schedule: string, rest: object = {}) => ({
    name: "nightly",
    schedule,
    status: "Enabled",
    ...rest,
  });
  const withTimers = (...timerTriggers: object[]): void =>
    rig.putTask({ trigger: { timerTriggers } });
  const occurrences = () =>
    rig.runs
      .list(registryId)
      .map(({ timerTrigger }) => timerTrigger?.scheduleOccurrence)
      .reverse();

  it("start a run in each minute that the schedule names, once, and the run says which timer it was", async () => {
    withTimers(timer("*/15 10 * * *"));
    clock.to("2026-03-01T11:20:00Z");
    assert.deepEqual(occurrences(), [
      "2026-03-01T10:15:00.000Z",
      "2026-03-01T10:30:00.000Z",
      "2026-03-01T10:45:00.000Z",
    ]);
    const [run] = await rig.list(3);
    assert.deepEqual(
      [run?.status, run?.runType, run?.timerTrigger?.timerTriggerName],
      ["Succeeded", "AutoRun", "nightly"],
    );
  });

  it("stay quiet when the trigger or its task is disabled", () => {
    withTimers(timer("* * * * *", { status: "Disabled" }));
    clock.to("2026-03-01T10:03:00Z");
    rig.putTask({
      properties: { status: "Disabled" },
      trigger: { timerTriggers: [timer("* * * * *")] },
    });
    clock.to("2026-03-01T10:06:00Z");
    assert.deepEqual(occurrences(), []);
  });

  it("give a run each when two fall on one minute", () => {
    withTimers(timer("5 * * * *"), timer("*/5 * * * *", { name: "often" }));
    clock.to("2026-03-01T10:05:30Z");
    assert.equal(rig.runs.list(registryId).length, 2);
  });

  it("go on after a restart, without the minutes in between, and end with the local Azure", async () => {
    withTimers(timer("* * * * *"));
    clock.to("2026-03-01T10:01:00Z");
    await rig.list(1);
    await rig.runs.service.stop();
    assert.equal(clock.waiting, 0);
    clock.to("2026-03-01T10:30:00Z");
    await rig.reopen();
    clock.to("2026-03-01T10:31:30Z");
    assert.deepEqual(occurrences(), ["2026-03-01T10:01:00.000Z", "2026-03-01T10:31:00.000Z"]);
  });

  it("are read as ACR reads them: five fields in UTC, day of month and day of week together", () => {
    const at = (schedule: string, time: string): boolean =>
      readSchedule(schedule)(Date.parse(`2026-${time}Z`));
    assert.ok(at("0 21 * * *", "07-01T21:00:59"));
    assert.ok(!at("0 21 * * *", "07-01T19:00"));
    assert.ok(at("0 9 * jul-Sep mon,Friday", "07-06T09:00"));
    assert.ok(!at("0 9 1 * 1", "07-01T09:00"));
    assert.ok(at("0 9 1 * 3", "07-01T09:00"));
  });

  it("are refused with the reason where ACR would not understand them", () => {
    for (const [schedule, reason] of [
      ["* * * *", /five fields/],
      ["0 * * * * *", /five fields/],
      ["@daily", /five fields/],
      ["0 0 L * *", /'L' is not made of/],
      ["0 0 * * 7", /0 \(Sunday\) to 6/],
      ["60 * * * *", /60/],
    ] as const) {
      assert.throws(() => readSchedule(schedule), reason, schedule);
    }
  });
});
