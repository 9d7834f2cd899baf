/** Amounts and lengths of time as a file writes them. What may mean two things is none. */

import { MAX_ACTIVE_SECONDS, type Money } from "../../generated/contract";
import { duration } from "../page/fields";
import { type DecimalMark, moneyOfText } from "../page/money";

/** Of a plain number; a clock with two parts is hours and minutes where the unit is hours, else minutes and seconds. */
export type TimeUnit = "seconds" | "minutes" | "hours" | "hours_minutes" | "minutes_seconds";
export const TIME_UNITS: readonly TimeUnit[] = [
  "seconds",
  "minutes",
  "hours",
  "hours_minutes",
  "minutes_seconds",
];

const SECONDS: Record<TimeUnit, number> = {
  seconds: 1,
  minutes: 60,
  hours: 3600,
  hours_minutes: 3600,
  minutes_seconds: 60,
};
const CLOCK = /^(\d{1,4}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?$/;
const NUMBER = /^\d{1,7}(?:[.,]\d{1,6})?$/;
const MICROS_OF_CENT = 100;

export function secondsIn(text: string, unit: TimeUnit): number | null {
  const seconds = clockIn(text, unit) ?? numberIn(text, unit) ?? duration(text);
  return seconds === null || seconds > MAX_ACTIVE_SECONDS ? null : seconds;
}

function clockIn(text: string, unit: TimeUnit): number | null {
  const [, first, second, third] = CLOCK.exec(text) ?? [];
  if (first === undefined) return null;
  const [larger, smaller] = [Number(first), Number(second)];
  if (third !== undefined) return larger * 3600 + smaller * 60 + Number(third);
  return unit === "hours" || unit === "hours_minutes" ? larger * 3600 + smaller * 60 : larger * 60 + smaller;
}

function numberIn(text: string, unit: TimeUnit): number | null {
  return NUMBER.test(text) ? Number(text.replace(",", ".")) * SECONDS[unit] : null;
}

/** Whether a length of time needs its unit: a plain number, or a clock of two parts. */
export function needsUnit(text: string): boolean {
  return NUMBER.test(text) || /^\d{1,4}:\d{2}$/.test(text);
}

/** The unit that the name of a column says; null where it says none. */
export function unitNamed(name: string): TimeUnit | null {
  if (/h:?mm/i.test(name)) return "hours_minutes";
  if (/mm:?ss/i.test(name)) return "minutes_seconds";
  if (/\b(hours?|hrs?|h|horas?|heures?|stunden|ore)\b/i.test(name)) return "hours";
  if (/\b(min|mins|minutes?|minutos?|minuten)\b/i.test(name)) return "minutes";
  return /\b(s|secs?|seconds?|segundos?|secondes?|sekunden)\b/i.test(name) ? "seconds" : null;
}

/** How amounts are written in a file. */
export interface MoneyManner {
  /** Null: each amount must show its own. */
  mark: DecimalMark | null;
  /** Of amounts that name none. */
  currency: string | null;
  /** Plain numbers are hundredths. */
  is_minor: boolean;
}

/** "$25/hr" is read as the amount before the stroke. */
export function moneyIn(text: string, { mark, currency, is_minor }: MoneyManner): Money | null {
  const [amount = ""] = text.split(/\s*(?:\/|\bper\b)\s*/);
  const money = moneyOfText(amount.trim(), currency, mark);
  return money && is_minor ? { ...money, micros: Math.round(money.micros / MICROS_OF_CENT) } : money;
}

/** The decimal mark that the amounts of a file show together; null where they show none or both, and one needs it. */
export function decimalMarkOf(texts: Iterable<string>): { mark: DecimalMark | null; is_open: boolean } {
  const marks = new Set<DecimalMark>();
  let isOpen = false;
  for (const text of texts) {
    const [digits = ""] = /\d[\d.,'’\s]*/.exec(text) ?? [];
    const shown = markIn(digits.trim());
    if (shown === "open") isOpen = true;
    else if (shown !== null) marks.add(shown);
  }
  const [mark = null, ...more] = marks;
  const only = more.length === 0 ? mark : null;
  return { mark: only ?? (isOpen || more.length > 0 ? null : "."), is_open: isOpen && only === null };
}

function markIn(digits: string): DecimalMark | "open" | null {
  const [points, commas] = [digits.split(".").length - 1, digits.split(",").length - 1];
  if (points > 0 && commas > 0) return digits.lastIndexOf(".") > digits.lastIndexOf(",") ? "." : ",";
  if (points + commas !== 1) return null;
  if (/^[1-9]\d{0,2}[.,]\d{3}$/.test(digits)) return "open";
  return points === 1 ? "." : ",";
}
