/** Schedules of timer triggers: five fields of cron in UTC, as ACR Tasks takes them. */
import { Cron } from "croner";

/** What ACR's own parser knows beside numbers; croner knows more, such as L, W, ? and @daily. */
const field =
  /^(?:[\d*,/-]|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)[a-z]*)+$/i;
const longNames = [
  ...["january", "february", "march", "april", "june", "july", "august", "september", "october"],
  ...["november", "december", "sunday", "monday", "tuesday", "wednesday", "thursday", "friday"],
  "saturday",
];

/**
 * Reads a schedule.
 * @returns whether it names the minute that a time (milliseconds since 1970) lies in
 * @throws Error that says what is wrong with it
 */
export function readSchedule(schedule: string): (time: number) => boolean {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new Error("write five fields: minute, hour, day of month, month, day of week (UTC)");
  }
  const odd = fields.find((text) => !field.test(text));
  if (odd !== undefined) throw new Error(`'${odd}' is not made of numbers, names, * , - and /`);
  if (/7/.test((fields[4] ?? "").replace(/\/\d+/g, ""))) {
    throw new Error("days of the week are 0 (Sunday) to 6, or names");
  }
  const short = longNames.reduce(
    (text, name) => text.replace(new RegExp(`\\b${name}\\b`, "gi"), name.slice(0, 3)),
    fields.join(" "),
  );
  // ACR's days must fit both the month's and the week's field
  const cron = new Cron(short, { mode: "5-part", timezone: "UTC", domAndDow: true });
  return (time) => cron.match(new Date(Math.floor(time / 60_000) * 60_000));
}
