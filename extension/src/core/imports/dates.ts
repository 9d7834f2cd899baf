/** Days and instants as platforms, programs and spreadsheets write them. */

/** Which number of "3/4/2026" is the day; null where nothing shows it. */
export type DayOrder = "day_first" | "month_first" | null;

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH_COUNT = 12;
const ISO_DAY = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/;
const PLAIN_DAY = /^(\d{4})(\d{2})(\d{2})$/;
const NUMBERS = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)/;
const MONTH_DAY = /^(?:[a-z]{3,9}\.?,?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?!\d)/i;
const DAY_MONTH =
  /^(?:[a-z]{3,9}\.?,?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})(?!\d)/i;
const CLOCK =
  /(?:^|[T\s,])(\d{1,2}):(\d{2})(?::(\d{2})([.,]\d+)?)?\s*(am|pm)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;
const EPOCH = /^\d{10}(\.\d+)?$|^\d{13}$/;

/** The order that the numbered dates of a file show, all of them together; "mixed" where they contradict each other. */
export function dayOrderOf(texts: Iterable<string>): DayOrder | "mixed" | "none" {
  let [isNumbered, isDayFirst, isMonthFirst] = [false, false, false];
  for (const text of texts) {
    const [, first, second] = NUMBERS.exec(text) ?? [];
    if (first === undefined) continue;
    isNumbered = true;
    isDayFirst ||= Number(first) > MONTH_COUNT;
    isMonthFirst ||= Number(second) > MONTH_COUNT;
  }
  if (!isNumbered) return "none";
  if (isDayFirst && isMonthFirst) return "mixed";
  if (isDayFirst) return "day_first";
  return isMonthFirst ? "month_first" : null;
}

/** Whether a text is a date in numbers, whose day and month can be taken for each other. */
export function isNumbered(text: string): boolean {
  return NUMBERS.test(text);
}

/** "2026-06-03" of a text that begins with a day; null where it is none, or may be two. */
export function dayIn(text: string, order: DayOrder): string | null {
  const [, year, month, day] = ISO_DAY.exec(text) ?? PLAIN_DAY.exec(text) ?? [];
  if (year !== undefined) return dayOf(year, Number(month), day ?? "");
  if (EPOCH.test(text)) return new Date(epoch(text)).toISOString().slice(0, "2026-06-03".length);
  const [, name = "", date = "", named] = MONTH_DAY.exec(text) ?? [];
  if (named !== undefined) return dayOf(named, monthOf(name), date);
  const [, before = "", word = "", last] = DAY_MONTH.exec(text) ?? [];
  if (last !== undefined) return dayOf(last, monthOf(word), before);
  const [, first = "", second = "", numbered] = NUMBERS.exec(text) ?? [];
  if (numbered === undefined) return null;
  const isDayFirst = order === "day_first" || (order === null && Number(first) > MONTH_COUNT);
  if (order === null && !isDayFirst && Number(second) <= MONTH_COUNT) return null;
  return isDayFirst ? dayOf(numbered, Number(second), first) : dayOf(numbered, Number(first), second);
}

/** Milliseconds since 1970 of a day with a clock, in UTC where no zone is written; null where the text is none. */
export function instantIn(text: string, order: DayOrder): number | null {
  if (EPOCH.test(text)) return epoch(text);
  const day = dayIn(text, order);
  const [, hours, minutes, seconds = "00", , half, zone = "Z"] = CLOCK.exec(text) ?? [];
  if (day === null || hours === undefined) return null;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (/p/i.test(half) ? 12 : 0);
  const written = `${String(hour).padStart(2, "0")}:${minutes}:${seconds}`;
  const instant = Date.parse(`${day}T${written}${/^(utc|gmt)$/i.test(zone) ? "Z" : zone.toUpperCase()}`);
  return Number.isNaN(instant) ? null : instant;
}

function epoch(text: string): number {
  const number = Number(text);
  return text.length === "1523296834000".length && !text.includes(".") ? number : number * 1000;
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function dayOf(year: string, month: number, date: string): string | null {
  const whole = year.length === 2 ? `20${year}` : year;
  const day = `${whole}-${String(month).padStart(2, "0")}-${date.padStart(2, "0")}`;
  const instant = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(instant) || !new Date(instant).toISOString().startsWith(day) ? null : day;
}
