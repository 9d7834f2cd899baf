/** What an attempt is paid, is promised, or was refused: the one place where a reward becomes pay. */

import type { Money } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import type { LedgerRecord } from "./record";

const SECONDS_PER_HOUR = 3600;

/** USD of one unit of a currency, by code; a release's rates of its day. */
export type UsdPer = Record<string, number>;

/** What the task would pay for `active_seconds` of work, in micros; null where the page names no reward. */
export function promised(task: TaskReading, active_seconds: number): Money | null {
  const { reward } = task;
  if (reward === null) return null;
  const times = {
    task: 1,
    unit: task.units,
    thousand: task.units / 1000,
    hour: payableSeconds(task, active_seconds) / SECONDS_PER_HOUR,
  }[task.reward_per];
  return { micros: Math.round(reward.micros * times), currency: reward.currency };
}

/** The time that pay by the hour counts: up to the cap, else up to the limit that the site states (estimator A). */
export function payableSeconds({ cap_seconds, limit_seconds }: TaskReading, active_seconds: number): number {
  return Math.min(active_seconds, cap_seconds ?? limit_seconds ?? Number.POSITIVE_INFINITY);
}

/** What decided or pending work counts as: what the site paid, else its rate for the time that it paid for, else the listed pay. */
export function credited(record: LedgerRecord, worked_seconds: number): Money | null {
  const { paid, paid_seconds, task, outcome } = record;
  if (paid !== null) return paid;
  const isTold = paid_seconds !== undefined && (outcome === "approved" || outcome === "paid");
  if (!isTold || task.reward === null || task.reward_per !== "hour") return promised(task, worked_seconds);
  const micros = Math.round((task.reward.micros * paid_seconds) / SECONDS_PER_HOUR);
  return { micros, currency: task.reward.currency };
}

/** How much of the worked time is paid; null where pay does not follow time. */
export function paidTime({ task, paid_seconds }: LedgerRecord, worked_seconds: number): number | null {
  if (paid_seconds !== undefined) return Math.min(paid_seconds, worked_seconds);
  if (task.reward_per !== "hour" || task.cap_seconds === undefined) return null;
  return payableSeconds(task, worked_seconds);
}

/** How sure a record's pay is. */
export type Certainty = "earned" | "pending" | "nothing";

export function certaintyOf(record: LedgerRecord): Certainty {
  switch (record.outcome) {
    case "approved":
    case "paid":
      return "earned";
    case "submitted":
      return "pending";
    default:
      return record.paid !== null && record.paid.micros > 0 ? "earned" : "nothing";
  }
}

/** What a record brings in, or is hoped to. */
export function payOf(record: LedgerRecord): Money | null {
  if (certaintyOf(record) === "nothing") return null;
  return credited(record, record.active_seconds);
}

/** Micros of US dollars; null where no rate of the day is known. */
export function inUsd(money: Money, usdPer: UsdPer): number | null {
  const rate = money.currency === "USD" ? 1 : usdPer[money.currency];
  return rate === undefined ? null : money.micros * rate;
}
