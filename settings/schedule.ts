/** Schedules of timers: five fields of cron in UTC, as ACR's NCrontab reads them. */

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Minute, hour, day of the month, month, day of the week; names count from the least. */
const fields: readonly { least: number; most: number; names?: readonly string[] }[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: months },
  { least: 0, most: 6, names: days },
];

/** With 29 February: it comes, if only every four years. */
const monthLengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The numbers that a field names; undefined if it is none. */
function numbersOf(text: string, { least, most, names = [] }: (typeof fields)[number]) {
  const numberOf = (word: string): number => {
    if (/^\d+$/.test(word)) return Number(word);
    const short = word.slice(0, 3).toLowerCase();
    return /^[a-z]{3,}$/i.test(word) && names.includes(short) ? names.indexOf(short) + least : NaN;
  };
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [first = NaN, last = step === undefined ? first : most, ...more] =
      range === "*" ? [least, most] : range.split("-").map(numberOf);
    const ends = [first, last];
    if (more.length > 0 || step === "0" || !ends.every((end) => end >= least && end <= most))
      return undefined;
    for (let each = Math.min(...ends); each <= Math.max(...ends); each += Number(step ?? 1))
      found.add(each);
  }
  return found;
}

/** Whether a schedule has the right form, and names a moment that some day has. */
export function comesAbout(schedule: string): boolean {
  const texts = schedule.trim().split(/\s+/);
  const [minutes, hours, daysOfMonth, monthNumbers, weekdays] = fields.map((field, index) =>
    numbersOf(texts[index] ?? "", field),
  );
  if (texts.length !== 5 || !minutes || !hours || !daysOfMonth || !monthNumbers || !weekdays)
    return false;
  const earliest = Math.min(...daysOfMonth);
  return [...monthNumbers].some((month) => earliest <= (monthLengths[month - 1] ?? 0));
}
