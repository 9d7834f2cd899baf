/** Money, rates and time in the worker's own way of writing. Pure. */

import type { Hourly } from "../../core/ledger/figures";
import { moneyFormat } from "../../core/money_text";

/** A message of the catalogue. */
export type Text = (key: string, ...substitutions: string[]) => string;

export interface Writing {
  text: Text;
  /** BCP 47. */
  locale: string;
}

export function amountOf(amount: number, currency: string, { locale }: Writing): string {
  return moneyFormat(locale, currency).format(amount);
}

export function amountPerHour({ amount, currency }: Hourly, writing: Writing): string {
  return writing.text("rate_per_hour", amountOf(amount, currency, writing));
}

/** A number of things. */
export function count(number: number, { locale }: Writing): string {
  return new Intl.NumberFormat(locale).format(number);
}

/** "2 h 5 min", "14 min", "40 s". */
export function duration(seconds: number, { text, locale }: Writing): string {
  const number = new Intl.NumberFormat(locale);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60)
    return text("duration_hours", number.format(Math.floor(minutes / 60)), number.format(minutes % 60));
  if (minutes >= 1) return text("duration_minutes", number.format(minutes));
  return text("duration_seconds", number.format(Math.floor(seconds)));
}

/** "today at 14:05" would need words; the browser writes day and time. */
export function moment(instant: number, { locale }: Writing): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(instant);
}
