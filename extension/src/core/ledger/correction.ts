/** What the worker says of a record, against what was measured and read. It is bounded, kept beside it, and told as a later revision. */

import { MAX_ACTIVE_SECONDS, MAX_REWARD_MICROS, type Money } from "../../generated/contract";
import type { RecordOutcome } from "../../model/readings";
import { type Decision, isSameDecision, type LedgerRecord, timeAfter, workedSeconds } from "./record";

/** A part that is left out stays as it is; `seconds` null goes back to the measured time. */
export interface Correction {
  seconds?: number | null;
  outcome?: RecordOutcome;
  paid?: Money | null;
}

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
  if (!isDecided && corrected_seconds === record.corrected_seconds) return record;
  const { outcome, paid } = record.overruled ?? record;
  return {
    ...record,
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
  const currency = record.task.reward?.currency ?? paid.currency;
  const micros = Math.min(Math.max(0, Math.round(paid.micros)), MAX_REWARD_MICROS);
  return { outcome, paid: { micros, currency } };
}

/** Whether there is something to ask about: a task that just ended, whose time nobody corrected yet. */
export function isFresh(record: LedgerRecord, now: number): boolean {
  const FRESH_MS = 15 * 60_000;
  return record.corrected_seconds === null && now - record.ended_at < FRESH_MS && workedSeconds(record) > 0;
}
