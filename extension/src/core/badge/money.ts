/** Pay an hour in the worker's currency and way of writing. Pure; each format is made once, since it takes longer than a badge. */

import type { View } from "../floor/floor";
import { type MoneyFormat, moneyFormat } from "../money_text";

/** Above this, hundredths are noise. */
const WHOLE_FROM = 100;

/** US dollars in the worker's currency, or as they are where nobody knows its rate. */
export function shown(usd: number, view: View): { amount: number; currency: string } {
  return view.per_usd === null
    ? { amount: usd, currency: "USD" }
    : { amount: usd * view.per_usd, currency: view.currency };
}

export function money(amount: number, currency: string, locale: string): string {
  return formatOf(amount, currency, locale).format(amount);
}

/** "$2.40 – $4.00" */
export function moneyRange(low: number, high: number, currency: string, locale: string): string {
  return `${money(low, currency, locale)} – ${money(high, currency, locale)}`; // the browser's own way takes as long as the badge
}

export function percent(share: number, locale: string): string {
  return once(`${locale} %`, () => new Intl.NumberFormat(locale, { style: "percent" })).format(share);
}

export function count(number: number, locale: string): string {
  return once(`${locale} count`, () => new Intl.NumberFormat(locale)).format(number);
}

/** A release is named after its day: "2026-11-23", "2026-11-23.2". */
export function day(release: string, locale: string): string {
  const name = `${locale} ${release}`;
  const known = days.get(name);
  if (known !== undefined) return known;
  const instant = Date.parse(`${release.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(instant)) return release;
  const words = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(instant);
  days.set(name, words);
  return words;
}

/** A handful: releases that are here, and days of notes. */
const days = new Map<string, string>();

function formatOf(amount: number, currency: string, locale: string): MoneyFormat {
  const places = amount >= WHOLE_FROM ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  return moneyFormat(locale, currency, places);
}

const formats = new Map<string, Intl.NumberFormat>();

function once(name: string, make: () => Intl.NumberFormat): Intl.NumberFormat {
  const format = formats.get(name) ?? make();
  formats.set(name, format);
  return format;
}
