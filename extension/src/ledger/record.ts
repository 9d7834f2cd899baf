/** One finished attempt as the worker's own device keeps it: with exact times, which never leave. */

import type { Money, Outcome, Refusal } from "../generated/contract";
import type { LaterOutcome, TaskReading } from "../readings";
import { clientName } from "../snapshot/keys";
import type { Consent } from "../storage";
import { dayOf } from "../timer/hour";
import type { Attempt, Ended } from "../timer/session";

export interface LedgerRecord {
  /** The observation's id. */
  id: string;
  /** Grows with every change that a server would want to know. */
  revision: number;
  /** The worker shared timings when it ended; only then does anything of it leave. */
  is_shared: boolean;
  /** The worker kept an own record when it ended; without, it is here only until its outcome is known. */
  is_own: boolean;
  platform: string;
  /** The platform's own id of the attempt, to find it again on a status page. */
  attempt: string;
  task: TaskReading;
  /** Who pays, in words that tell clients apart (see `clientName`). */
  client_key: string;
  works: "here" | "elsewhere";
  claimed_at: number;
  ended_at: number;
  /** The worker's own calendar day on which it ended. */
  day: string;
  /** As measured. */
  active_seconds: number;
  /** What the worker says it really took; it counts instead of the measured time, which stays beside it. */
  corrected_seconds: number | null;
  outcome: Outcome;
  paid: Money | null;
  /** The day the outcome was seen to be decided. */
  decided_on: string | null;
  /** What pages had said when the worker set outcome or pay by hand: said again, it is no news. */
  overruled: Decision | null;
  /** Nobody saw the end; it is put at the last heartbeat. */
  end_imputed: boolean;
  /** Why the server did not keep it, if it did not. */
  refusal: { reason: Refusal | "too_large"; detail: string | null } | null;
}

/** What became of an attempt, and what it paid where that is known. */
export interface Decision {
  outcome: Outcome;
  paid: Money | null;
}

export function recordOf(ended: Ended, consent: Consent): LedgerRecord {
  return {
    id: ended.id,
    revision: ended.revision + 1,
    is_shared: consent.sharing,
    is_own: consent.ledger,
    platform: ended.platform,
    attempt: ended.attempt,
    task: ended.task,
    client_key: clientName(ended.task),
    works: ended.works,
    claimed_at: ended.claimed_at,
    ended_at: ended.ended_at,
    day: dayOf(ended.ended_at),
    active_seconds: ended.active_seconds,
    corrected_seconds: null,
    outcome: ended.ending,
    paid: null,
    decided_on: null,
    overruled: null,
    end_imputed: ended.end_imputed,
    refusal: null,
  };
}

/** The time that counts. */
export function workedSeconds({ corrected_seconds, active_seconds }: LedgerRecord): number {
  return corrected_seconds ?? active_seconds;
}

/** The record with what a status page says now; the same record when that is nothing new. */
export function decided(record: LedgerRecord, later: LaterOutcome, today: string): LedgerRecord {
  const { overruled } = record;
  const before = overruled ?? record;
  const said = { outcome: later.outcome, paid: later.paid ?? before.paid };
  const isOld = record.outcome === "paid" && later.outcome === "approved"; // from another page of the site
  if (isSameDecision(said, before) || isOld) return record;
  return {
    ...record,
    revision: record.revision + 1,
    outcome: later.outcome,
    paid: later.paid ?? record.paid,
    decided_on: today,
    overruled: null,
    refusal: null,
  };
}

/** An attempt taken for abandoned that the worker came back to goes on where it stood. */
export function resumed(record: LedgerRecord, claim: Attempt): Attempt | null {
  if (record.outcome !== "abandoned") return null;
  const { id, revision, claimed_at, active_seconds } = record;
  return { ...claim, id, revision, claimed_at, active_seconds };
}

/** The same, where the page was open all the while (the machine slept) and so claims nothing anew. */
export function reopened(record: LedgerRecord, now: number): Attempt | null {
  const { platform, attempt, task, works } = record;
  const { id, revision, claimed_at, active_seconds } = record;
  const claim = { id, revision, platform, attempt, task, works, claimed_at, seen_at: now, active_seconds };
  return resumed(record, claim);
}

export function isSameDecision(one: Decision, other: Decision): boolean {
  return one.outcome === other.outcome && isSameMoney(one.paid, other.paid);
}

function isSameMoney(one: Money | null, other: Money | null): boolean {
  return one?.micros === other?.micros && one?.currency === other?.currency;
}
