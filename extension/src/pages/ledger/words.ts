/** Amounts, days and names as this page writes them. Pure. */

import { MICROS } from "../../core/money";
import { moneyFormat } from "../../core/money_text";
import { packOf } from "../../core/packs/packs";
import type { Client } from "../../generated/contract";
import type { Writing } from "../panel/format";

/** Cents are too coarse below this: work at $0.075 an hour is not $0.08. */
const SMALL = 0.1;

export function money(micros: number, currency: string, { locale }: Writing): string {
  const units = micros / MICROS;
  const digits = units > 0 && units < SMALL ? { maximumFractionDigits: 3 } : {};
  return moneyFormat(locale, currency, digits).format(units);
}

export function perHour(units: number, currency: string, writing: Writing): string {
  return writing.text("rate_per_hour", money(units * MICROS, currency, writing));
}

export function percent(share: number, { locale }: Writing): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** "3 days", in the worker's own plural. */
export function days(count: number, { locale }: Writing): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit: "day", unitDisplay: "long" }).format(count);
}

/** A day ("2026-11-23") or month ("2026-11"), short enough for an axis or in full. */
export function dayName(stretch: string, isShort: boolean, { locale }: Writing): string {
  const isDay = stretch.length > "2026-11".length;
  const date = new Date(`${isDay ? stretch : `${stretch}-15`}T12:00:00`);
  const short = isDay ? { day: "numeric", month: "short" } : { month: "short", year: "2-digit" };
  const full = isDay ? { dateStyle: "medium" } : { month: "long", year: "numeric" };
  return new Intl.DateTimeFormat(locale, (isShort ? short : full) as Intl.DateTimeFormatOptions).format(date);
}

let ownNames: Readonly<Record<string, string>> = {};

/** Takes the names of platforms that only this device knows: once, before the page is drawn. */
export function useOwnNames(names: Readonly<Record<string, string>>): void {
  ownNames = names;
}

export function siteName(platform: string): string {
  return packOf(platform)?.name ?? ownNames[platform] ?? platform;
}

/** A client by its name, else its id; a hidden one by a task of its. */
export function clientName(
  { client, title }: { client: Client | null; title: string },
  { text }: Writing,
): string {
  return client?.name || client?.id || text("ledger_hidden_client", title);
}
