/** What the worker says of a record, against what was measured and read. It is bounded, kept beside it, and told as a later revision. */

import { MAX_ACTIVE_SECONDS, MAX_REWARD_MICROS, type Money } from "../../generated/contract";
import type { RecordOutcome } from "../../model/readings";
import {
  type Decision,
  isSameAmounts,
  isSameDecision,
  type LedgerRecord,
  timeAfter,
  workedSeconds,
} from "./record";

/** A part that is left out stays as it is; `seconds` null goes back to the measured time. */
export interface Correction {
  seconds?: number | null;
  outcome?: RecordOutcome;
  paid?: Money | null;
  /** A site said so, and the worker agrees. */
  is_of_site?: boolean;
  /** What came in other currencies, and the time that was paid for. */
  other_paid?: Money[];
  paid_seconds?: number;
}

const MOST_CURRENCIES = 10;
const LEAST_SECONDS = 1;
/** In whole minutes from here on; a shorter task in steps of seconds. */
const MINUTES_FROM_SECONDS = 120;
const STEP_SECONDS = 5;
const GUESSES = [0.5, 1.5, 2];
const FAR_TIMES = 2;
/** Nothing was handed in, so nothing is paid. */
const WITHOUT_PAY: ReadonlySet<RecordOutcome> = new Set(["returned", "expired", "abandoned", "end_unseen"]);

/** Nobody works on a task for longer than it is open; where nobody saw its end, for longer than a day's work. */
export function mostSeconds(record: LedgerRecord): number {
  const open = (record.ended_at - record.claimed_at) / 1000;
  const seen = record.end_imputed ? MAX_ACTIVE_SECONDS : Math.max(open, record.active_seconds);
  return Math.max(LEAST_SECONDS, Math.min(Math.round(seen), MAX_ACTIVE_SECONDS));
}

/**
 * Times to choose from with one tap, the shortest first. The measured one is always among them; no other is longer than the
 * task was open, as far as that was seen.
 */
export function guesses(record: LedgerRecord): number[] {
  const { active_seconds } = record;
  const measured = rounded(active_seconds);
  const open = (record.ended_at - record.claimed_at) / 1000;
  const others = [...GUESSES.map((times) => rounded(active_seconds * times)), rounded(open)];
  return [...new Set([measured, ...others.filter((seconds) => seconds <= open)])].sort((a, b) => a - b);
}

/** Whether a time is so far from the measured one that a slip of the finger is likely: it is asked again. */
export function isFar(seconds: number, measured: number): boolean {
  const times = seconds / Math.max(measured, LEAST_SECONDS);
  return times <= 1 / FAR_TIMES || times >= FAR_TIMES;
}

/** A time as a person would say it. */
export function rounded(seconds: number): number {
  const step = seconds >= MINUTES_FROM_SECONDS ? 60 : STEP_SECONDS;
  return Math.max(STEP_SECONDS, Math.round(seconds / step) * step);
}

/** The record with `correction`; the same record when that changes nothing. */
export function corrected(record: LedgerRecord, correction: Correction, today: string): LedgerRecord {
  const corrected_seconds = secondsAfter(record, correction);
  const decision = decisionAfter(record, correction);
  const isDecided = !isSameDecision(decision, record);
  const extra = extraAfter(record, correction, decision);
  const isExtra =
    !isSameAmounts(extra.other_paid, record.other_paid) || extra.paid_seconds !== record.paid_seconds;
  if (!isDecided && !isExtra && corrected_seconds === record.corrected_seconds) return record;
  const { outcome, paid } = record.overruled ?? record;
  const { other_paid: _other, paid_seconds: _seconds, ...rest } = record;
  return {
    ...rest,
    ...extra,
    ...timeAfter(record, decision.outcome),
    ...decision,
    corrected_seconds,
    revision: record.revision + 1,
    decided_on: isDecided && decision.outcome !== record.outcome ? today : record.decided_on,
    overruled: isDecided ? { outcome, paid } : record.overruled,
    bonus: isDecided ? null : (record.bonus ?? null), // the worker says all that it paid
    refusal: null,
  };
}

/** What stands beside the pay. Work that brings nothing brings nothing in any currency. */
function extraAfter(
  record: LedgerRecord,
  correction: Correction,
  { outcome }: Decision,
): Pick<LedgerRecord, "other_paid" | "paid_seconds"> {
  const other_paid = WITHOUT_PAY.has(outcome) ? [] : (correction.other_paid ?? record.other_paid ?? []);
  const paid_seconds = correction.paid_seconds ?? record.paid_seconds;
  return {
    ...(other_paid.length > 0 && { other_paid: other_paid.slice(0, MOST_CURRENCIES) }),
    ...(paid_seconds !== undefined && { paid_seconds }),
  };
}

function secondsAfter(record: LedgerRecord, { seconds }: Correction): number | null {
  if (seconds === undefined || (seconds !== null && !Number.isFinite(seconds)))
    return record.corrected_seconds;
  if (seconds === null || seconds === rounded(record.active_seconds)) return null;
  return Math.min(Math.max(LEAST_SECONDS, Math.round(seconds)), mostSeconds(record));
}

function decisionAfter(record: LedgerRecord, correction: Correction): Decision {
  const outcome = correction.outcome ?? record.outcome;
  const paid = correction.paid === undefined ? record.paid : correction.paid;
  if (paid === null || WITHOUT_PAY.has(outcome)) return { outcome, paid: null };
  if (correction.paid === undefined) return { outcome, paid };
  // A worker types a number, in the currency that was listed; a site says its currency.
  const currency = correction.is_of_site ? paid.currency : (record.task.reward?.currency ?? paid.currency);
  const micros = Math.min(Math.max(0, Math.round(paid.micros)), MAX_REWARD_MICROS);
  return { outcome, paid: { micros, currency } };
}

/** Whether there is something to ask about: a task that just ended, whose time nobody corrected yet. */
export function isFresh(record: LedgerRecord, now: number): boolean {
  const FRESH_MS = 15 * 60_000;
  return record.corrected_seconds === null && now - record.ended_at < FRESH_MS && workedSeconds(record) > 0;
}
