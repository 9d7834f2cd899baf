/** The stretches of time that figures are shown for, and how their charts are cut. Pure. */

import { monthOf } from "../../core/ledger/sums";
import { dayOf } from "../../core/timer/hour";

export const PERIODS = ["today", "week", "month", "all"] as const;
export type Period = (typeof PERIODS)[number];

/** So many days, today among them. */
const DAYS = { today: 1, week: 7, month: 30 } as const;
/** One day makes no chart: it stands among its neighbours. */
const LEAST_DAYS_DRAWN = 7;
const MOST_MONTHS_DRAWN = 36;

/** Those of `rows` that lie in the period; `dayOf` a month is its name, which sorts before its days. */
export function within<T>(rows: readonly T[], day: (row: T) => string, period: Period, today: string): T[] {
  if (period === "all") return [...rows];
  const first = daysBefore(today, DAYS[period] - 1);
  return rows.filter((row) => day(row) >= first && day(row) <= today);
}

/** The days or months of the period's charts, the first one first. */
export function buckets(stretches: readonly string[], period: Period, today: string): string[] {
  if (period !== "all") {
    const days = Math.max(DAYS[period], LEAST_DAYS_DRAWN);
    return Array.from({ length: days }, (_, place) => daysBefore(today, days - 1 - place));
  }
  const months = stretches.map(monthOf).sort();
  return monthsUpTo(months[0] ?? monthOf(today), monthOf(today)).slice(-MOST_MONTHS_DRAWN);
}

/** The bucket that a stretch lies in. */
export function bucketOf(stretch: string, period: Period): string {
  return period === "all" ? monthOf(stretch) : stretch;
}

function daysBefore(day: string, days: number): string {
  const date = new Date(`${day}T12:00:00`);
  date.setDate(date.getDate() - days);
  return dayOf(date.getTime());
}

function monthsUpTo(first: string, last: string): string[] {
  const months: string[] = [];
  const date = new Date(`${first}-15T12:00:00`);
  for (let month = first; month <= last; month = monthOf(dayOf(date.getTime()))) {
    months.push(month);
    date.setMonth(date.getMonth() + 1);
  }
  return months;
}
