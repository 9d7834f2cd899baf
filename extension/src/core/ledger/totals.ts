/** Sums folded into what the worker reads: time, money in one currency, and the four rates (estimator B). Pure. */

import type { Outcome } from "../../generated/contract";
import { convert } from "../floor/currency";
import { type Amounts, add, daysBetween, type Part } from "./amounts";
import type { UsdPer } from "./pay";
import type { Sum } from "./sums";

/** Money in the one currency that figures are shown in. */
export interface Exchange {
  /** ISO 4217. */
  currency: string;
  usdPer: UsdPer;
}

/** After so many days unpaid, pending work counts as unpaid until it is paid (estimator B). */
export const COUNTED_DAYS = 30;

/** What a fold must know beside the sums. */
export interface Terms {
  exchange: Exchange;
  /** The worker's own calendar day. */
  today: string;
  /** What part of its listed pay a client paid so far; pending work is expected to bring that much. */
  share: (sum: Sum) => number;
  /** The day a platform closed the worker's account: what was pending then is lost. */
  closed_on: (platform: string) => string | null;
}

/** Money is micros of the one currency. Rates are whole units of it an hour; null where nothing is known or worked. */
export interface Totals {
  tasks: number;
  outcomes: Partial<Record<Outcome, number>>;
  active_seconds: number;
  /** Time that no task pays for: as measured, and tests at no pay. */
  overhead_seconds: number;
  earned: number;
  /** Tasks whose time nobody knows: their pay is in `earned` and in no rate. */
  untimed_tasks: number;
  pending: number;
  pending_tasks: number;
  /** Of `pending`: what it is expected to bring. */
  expected: number;
  /** Of decided work. */
  listed: number;
  paid: number;
  paid_share: number | null;
  advertised_per_hour: number | null;
  task_per_hour: number | null;
  effective_per_hour: number | null;
  all_in_per_hour: number | null;
  /** Tasks whose pay nobody told us, or whose currency has no rate of the day: left out of the rates. */
  unpriced: number;
}

/** What becomes of a sum's pending work. */
export type Hope = "pending" | "late" | "lost";

export function hopeOf(sum: Sum, { today, closed_on }: Pick<Terms, "today" | "closed_on">): Hope {
  const closed = closed_on(sum.platform);
  if (closed !== null && sum.stretch <= closed) return "lost";
  return sum.grain === "day" && daysBetween(sum.stretch, today) <= COUNTED_DAYS ? "pending" : "late";
}

/** The figures of `sums`. A sum by month must be of a month that is over for longer than pending work counts. */
export function totals(sums: readonly Sum[], overhead_seconds: number, terms: Terms): Totals {
  const { exchange } = terms;
  const all: Amounts = {};
  let expected = 0;
  for (const sum of sums) {
    add(all, sum.amounts);
    if (sum.amounts["is submitted"] === undefined || hopeOf(sum, terms) !== "pending") continue;
    expected += amountIn(sum.amounts, "pending", exchange) * terms.share(sum);
  }
  const currencies = currenciesOf(all);
  const value = (part: Part): number => amountIn(all, part, exchange, currencies);
  const earned = value("earned");
  const worked_ms = value("earned_ms") + value("pending_ms") + (all.unpaid_ms ?? 0);
  const unpaid_ms = overhead_seconds * 1000 + (all.qualification_ms ?? 0);
  const income = earned + expected;
  return {
    tasks: all.tasks ?? 0,
    outcomes: outcomesOf(all),
    active_seconds: (all.worked_ms ?? 0) / 1000,
    overhead_seconds: unpaid_ms / 1000,
    earned: earned + value("untimed"),
    untimed_tasks: value("untimed_tasks"),
    pending: value("pending") + value("untimed_pending"),
    pending_tasks: value("pending_tasks") + value("untimed_pending_tasks"),
    expected,
    listed: value("decided"),
    paid: value("decided_paid"),
    paid_share: ratio(value("decided_paid"), value("decided")),
    advertised_per_hour: perHour(value("stated"), value("stated_ms")),
    task_per_hour: perHour(value("listed"), value("listed_ms")),
    effective_per_hour: perHour(income, worked_ms),
    all_in_per_hour: perHour(income, worked_ms + unpaid_ms),
    unpriced: (all.unpriced ?? 0) + unknown(all, exchange),
  };
}

/** Counts, time and money of every currency that can be converted; money of the others is not known, and so is not there. */
export function amountIn(
  amounts: Amounts,
  part: Part,
  { currency, usdPer }: Exchange,
  currencies = currenciesOf(amounts),
): number {
  const isMoney = !part.endsWith("_ms") && !part.endsWith("tasks");
  return currencies.reduce((total, one) => {
    const rate = convert(1, one, currency, usdPer);
    const amount = amounts[`${one} ${part}`] ?? 0;
    return rate === null ? total : total + (isMoney ? amount * rate : amount);
  }, 0);
}

/** Codes of the currencies that `amounts` are in. */
export function currenciesOf(amounts: Amounts): string[] {
  const codes = Object.keys(amounts).flatMap((name) => name.match(/^([A-Z]{3}) /)?.[1] ?? []);
  return [...new Set(codes)];
}

/** How many decisions took how many days, the quickest first. */
export function waitsOf(amounts: Amounts): [days: number, decisions: number][] {
  const waits = Object.entries(amounts).flatMap(([name, decisions]): [number, number][] => {
    const days = name.match(/^days (\d+)$/)?.[1];
    return days === undefined ? [] : [[Number(days), decisions ?? 0]];
  });
  return waits.sort(([one], [other]) => one - other);
}

function outcomesOf(amounts: Amounts): Partial<Record<Outcome, number>> {
  const counts = Object.entries(amounts).flatMap(([name, count]) =>
    name.startsWith("is ") ? [[name.slice("is ".length), count]] : [],
  );
  return Object.fromEntries(counts) as Partial<Record<Outcome, number>>;
}

function unknown(amounts: Amounts, { currency, usdPer }: Exchange): number {
  const without = currenciesOf(amounts).filter((one) => convert(1, one, currency, usdPer) === null);
  return without.reduce((count, one) => count + (amounts[`${one} tasks`] ?? 0), 0);
}

function ratio(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

function perHour(micros: number, ms: number): number | null {
  return ms > 0 ? (micros * 18) / (ms * 5) : null; // a micro a millisecond is 3.6 units an hour
}
