/** A worker's pace on one platform, and what an hour of a task never done would come to at it (step D12). Pure. */

import type { Factor, PlatformPace } from "../../model/pace";
import type { TaskReading } from "../../model/readings";
import { convert } from "../floor/currency";
import type { View } from "../floor/floor";
import { isSubmitted } from "../ledger/amounts";
import { promised, type UsdPer } from "../ledger/pay";
import { type LedgerRecord, workedSeconds } from "../ledger/record";
import { MICROS } from "../money";
import { lookup } from "../snapshot/lookup";
import type { Rate } from "../snapshot/rate";
import type { Snapshot } from "../snapshot/shape";
import type { Pace } from "../verdict";
import { namesOf } from "./history";
import { DEFAULT_SPREADS, ownFactor, type Spreads } from "./own_factor";

const SECONDS_PER_HOUR = 3600;

/** The pace of a platform's records, which must be the worker's own. */
export function paceOf(records: readonly LedgerRecord[], snapshot: Snapshot | null): PlatformPace {
  const finished = records.filter(isMeasured);
  const published = factorOf(finished, (record) => publishedDeviation(record, snapshot), spreadsOf(snapshot));
  const listing = factorOf(finished, listingDeviation, DEFAULT_SPREADS);
  return { published, listing };
}

function factorOf(
  records: readonly LedgerRecord[],
  deviation: (record: LedgerRecord) => number | null,
  spreads: Spreads,
): Factor | null {
  const deviations: Record<string, number[]> = {};
  for (const record of records) {
    const one = deviation(record);
    if (one === null) continue;
    const title = namesOf(record.task).task;
    deviations[title] = [...(deviations[title] ?? []), one];
  }
  const { anywhere, tasks, is_shown } = ownFactor(deviations, spreads);
  return is_shown ? { anywhere, tasks } : null;
}

/** Handed in, with a time that was seen; paid by the hour, time does not move the rate. */
function isMeasured(record: LedgerRecord): boolean {
  const isTimed = !record.is_untimed || record.corrected_seconds !== null;
  const isSeen = !record.end_imputed || record.corrected_seconds !== null;
  const isByTask = record.task.reward_per !== "hour" && (record.task.reward?.micros ?? 0) > 0;
  return isTimed && isSeen && isByTask && isSubmitted(record.outcome) && workedSeconds(record) >= 1;
}

function publishedDeviation(record: LedgerRecord, snapshot: Snapshot | null): number | null {
  if (snapshot === null) return null;
  const predicted = predictedUsd(lookup(snapshot, record.task));
  const listed = promised(record.task, 0);
  const usd = listed && convert(listed.micros / MICROS, listed.currency, "USD", snapshot.usd_per);
  if (predicted === null || usd === null) return null;
  const { effective, shares } = predicted;
  return Math.log((usd * SECONDS_PER_HOUR) / workedSeconds(record) / (effective / shares));
}

/** Null where the listing states no time. */
function listingDeviation(record: LedgerRecord): number | null {
  const { estimate_seconds } = record.task;
  return estimate_seconds === null || estimate_seconds <= 0
    ? null
    : Math.log(estimate_seconds / workedSeconds(record));
}

/** What the typical person makes an hour at this task, and the part of listed pay that is paid for all time. */
function predictedUsd(rate: Rate): { effective: number; shares: number } | null {
  const effective =
    rate.level === "task"
      ? rate.effective_usd_per_hour
      : (rate.expected_usd_per_hour ?? rate.effective_usd_per_hour);
  if (rate.level === "none" || effective === null || effective <= 0) return null;
  return { effective, shares: (rate.paid_share ?? 1) * (rate.kept_share ?? 1) || 1 };
}

function spreadsOf(snapshot: Snapshot | null): Spreads {
  const { s_b = null, sigma_e = null } = snapshot ?? {};
  return s_b === null || sigma_e === null ? DEFAULT_SPREADS : { s_b, sigma_e };
}

/** An hour of a task never done, at the worker's pace: against its published rate, else against its listing. */
export function paceAt(
  pace: PlatformPace | undefined,
  { rate, task }: { rate: Rate; task: TaskReading },
  { view, usdPer }: { view: View; usdPer: UsdPer },
): Pace | null {
  const predicted = predictedUsd(rate);
  if (predicted !== null) {
    if (!pace?.published) return null;
    const { anywhere, tasks } = pace.published;
    const usd = predicted.effective * Math.exp(anywhere);
    return { ...inView(usd, "USD", view, usdPer), tasks, listed_per_hour: null };
  }
  const listed = listedHourly(task);
  if (!pace?.listing || listed === null) return null;
  const { anywhere, tasks } = pace.listing;
  const stated = inView(listed.amount, listed.currency, view, usdPer);
  return {
    ...stated,
    per_hour: stated.per_hour * Math.exp(anywhere),
    tasks,
    listed_per_hour: stated.per_hour,
  };
}

function listedHourly({
  reward,
  reward_per,
  estimate_seconds,
  ...task
}: TaskReading): { amount: number; currency: string } | null {
  if (reward_per === "hour" || estimate_seconds === null || estimate_seconds <= 0) return null;
  const pay = promised({ reward, reward_per, estimate_seconds, ...task }, 0);
  if (pay === null || pay.micros <= 0) return null;
  return { amount: ((pay.micros / MICROS) * SECONDS_PER_HOUR) / estimate_seconds, currency: pay.currency };
}

/** In the worker's currency where that can be had. */
function inView(
  amount: number,
  currency: string,
  view: View,
  usdPer: UsdPer,
): { per_hour: number; currency: string } {
  const converted = convert(amount, currency, view.currency, usdPer);
  return converted === null
    ? { per_hour: amount, currency }
    : { per_hour: converted, currency: view.currency };
}
