/** One finished attempt as the worker's own device keeps it: with exact times, which never leave. */

import type { Money, Outcome, Refusal } from "../generated/contract";
import type { LaterOutcome, TaskReading } from "../readings";
import type { Consent } from "../storage";
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
  claimed_at: number;
  ended_at: number;
  active_seconds: number;
  outcome: Outcome;
  paid: Money | null;
  /** The day the outcome was seen to be decided. */
  decided_on: string | null;
  /** Nobody saw the end; it is put at the last heartbeat. */
  end_imputed: boolean;
  /** Why the server did not keep it, if it did not. */
  refusal: { reason: Refusal | "too_large"; detail: string | null } | null;
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
    claimed_at: ended.claimed_at,
    ended_at: ended.ended_at,
    active_seconds: ended.active_seconds,
    outcome: ended.ending,
    paid: null,
    decided_on: null,
    end_imputed: ended.end_imputed,
    refusal: null,
  };
}

/** The record with what a status page says now; the same record when that is nothing new. */
export function decided(record: LedgerRecord, later: LaterOutcome, today: string): LedgerRecord {
  const paid = later.paid ?? record.paid;
  const isNews = later.outcome !== record.outcome || !isSameMoney(paid, record.paid);
  const isOld = record.outcome === "paid" && later.outcome === "approved"; // from another page of the site
  if (!isNews || isOld) return record;
  return {
    ...record,
    revision: record.revision + 1,
    outcome: later.outcome,
    paid,
    decided_on: today,
    refusal: null,
  };
}

/** An attempt taken for abandoned that the worker came back to goes on where it stood. */
export function resumed(record: LedgerRecord, claim: Attempt): Attempt | null {
  if (record.outcome !== "abandoned") return null;
  const { id, revision, claimed_at, active_seconds } = record;
  return { ...claim, id, revision, claimed_at, active_seconds };
}

function isSameMoney(one: Money | null, other: Money | null): boolean {
  return one?.micros === other?.micros && one?.currency === other?.currency;
}
