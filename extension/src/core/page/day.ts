/** A calendar day as a site writes it. "05/02/2026" is two days in two countries, so it is none. */

import type { Field } from "../../generated/contract";
import { dayOf } from "../timer/hour";
import { instantAt, type Place, textAt } from "./fields";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const AGE = /^(an?|\d{1,4}) (second|minute|hour|day|week)s? ago$/i;
const MINUTE_MS = 60_000;
const STEPS_MS: Readonly<Record<string, number>> = {
  second: 1_000,
  minute: MINUTE_MS,
  hour: 60 * MINUTE_MS,
  day: 24 * 60 * MINUTE_MS,
  week: 7 * 24 * 60 * MINUTE_MS,
};
const BY_NUMBERS = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/;
const MONTH_FIRST = /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b/i;
const DAY_FIRST = /^(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9})\.?,? (\d{4})\b/i;

/** "2026-05-02"; null where the field tells none. */
export function dayAt(field: Field | null, place: Place): string | null {
  if (field?.parse === "instant") {
    const instant = instantAt(field, place);
    return instant === null ? null : dayOf(instant);
  }
  const text = textAt(field, place) ?? "";
  return field?.parse === "age" ? dayAgo(text, place.now ?? Date.now()) : dayIn(text);
}

/** The day that "3 days ago" was; a month is too long a step to name a day. */
export function dayAgo(text: string, now: number): string | null {
  const [, count, unit] = AGE.exec(text) ?? [];
  const ms = unit === undefined ? undefined : STEPS_MS[unit.toLowerCase()];
  if (count === undefined || ms === undefined) return null;
  return dayOf(now - (/^an?$/i.test(count) ? 1 : Number(count)) * ms);
}

export function dayIn(text: string): string | null {
  const [, year, month, day] = BY_NUMBERS.exec(text) ?? [];
  if (year !== undefined) return dayFrom(year, Number(month), Number(day));
  const [, named, second, third] = MONTH_FIRST.exec(text) ?? [];
  if (named !== undefined) return dayFrom(third ?? "", monthOf(named), Number(second));
  const [, first, word, last] = DAY_FIRST.exec(text) ?? [];
  return word === undefined ? null : dayFrom(last ?? "", monthOf(word), Number(first));
}

/** By its first three letters, which no two share. */
function monthOf(word: string): number {
  return MONTHS.indexOf(word.slice(0, 3).toLowerCase()) + 1;
}

function dayFrom(year: string, month: number, day: number): string | null {
  const two = (part: number): string => String(part).padStart(2, "0");
  const text = `${year}-${two(month)}-${two(day)}`;
  const instant = Date.parse(text);
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== text ? null : text;
}
