/** One finished attempt as the worker's own device keeps it: with exact times, which never leave. */

import type { Money, Refusal } from "../../generated/contract";
import type { RecordOutcome, TaskReading } from "../../model/readings";
import type { Consent } from "../../platform/storage";
import { clientName } from "../snapshot/keys";
import { dayOf } from "../timer/hour";
import type { Attempt, Ended } from "../timer/session";
import { baseName, recordedName } from "./attempt_name";

export interface LedgerRecord {
  /** The observation's id. */
  id: string;
  /** Which version of the extension timed it, or the worker looked at it in; absent where that was an early one. */
  extension_version?: string;
  /** Grows with every change that a server would want to know. */
  revision: number;
  /** The worker shared timings when it ended; only then does anything of it leave. */
  is_shared: boolean;
  /** The worker kept an own record when it ended; without, it is here only until its outcome is known. */
  is_own: boolean;
  platform: string;
  /** What the site's pages call the attempt; where that is the task's name, with the record's own id after it. */
  attempt: string;
  /** The platform's own id of the attempt, where a file or a status page told it later. */
  site_id?: string;
  task: TaskReading;
  /** Who pays, in words that tell clients apart (see `clientName`). */
  client_key: string;
  works: "here" | "elsewhere";
  /** The worker started and stopped it. */
  by_hand?: boolean;
  claimed_at: number;
  ended_at: number;
  /** The worker's own calendar day on which it ended. */
  day: string;
  /** As measured. */
  active_seconds: number;
  /** Shared with it after its own tabs were last in front: it counts once it is known that the work was handed in. */
  unseen_seconds?: number;
  /** Some of its time was shared unseen among the tasks that may have been at work. */
  is_elsewhere?: boolean;
  /** Its end was not seen, and the site lets a worker hold one claim: a newer one says that it is over. */
  is_superseded?: boolean;
  /** Taken in from the platform's own history, which tells no time: its pay counts, in no rate. */
  is_untimed?: boolean;
  /** What the worker says it really took; it counts instead of the measured time, which stays beside it. */
  corrected_seconds: number | null;
  outcome: RecordOutcome;
  /** All that it brought, bonus included. */
  paid: Money | null;
  /** The part of it that was a bonus. */
  bonus?: Money | null;
  /** What it brought in other currencies than `paid`, one amount a currency; it is never added to `paid`. */
  other_paid?: Money[];
  /** The time that the site paid for, where it says so. */
  paid_seconds?: number;
  /** What it had paid before the site changed that, the oldest first: provisional pay, adjustments, reversals. */
  earlier_pay?: EarlierPay[];
  /** The day the outcome was decided: as the site says, else when it was first seen. */
  decided_on: string | null;
  /** The same, only where the site said it: what it decided before is older than that. */
  told_on?: string | null;
  /** What pages had said when the worker set outcome or pay by hand: said again, it is no news. */
  overruled: Decision | null;
  /** Nobody saw the end; it is put where its own tabs were last in front. */
  end_imputed: boolean;
  /** Why the server did not keep it, if it did not. */
  refusal: { reason: Refusal | "too_large"; detail: string | null } | null;
}

/** Pay that held until a day. */
export interface EarlierPay {
  until: string;
  paid: Money;
}

/** What became of an attempt, and what it paid where that is known. */
export interface Decision {
  outcome: RecordOutcome;
  paid: Money | null;
}

export function recordOf(ended: Ended, consent: Consent, version: string): LedgerRecord {
  return {
    extension_version: version,
    id: ended.id,
    revision: ended.revision + 1,
    is_shared: consent.sharing,
    is_own: consent.ledger,
    platform: ended.platform,
    attempt: recordedName(ended.attempt, ended.id, ended.names ?? "attempt"),
    task: ended.task,
    client_key: clientName(ended.task),
    works: ended.works,
    ...(ended.by_hand === undefined ? {} : { by_hand: true }),
    claimed_at: ended.claimed_at,
    ended_at: ended.ended_at,
    day: dayOf(ended.ended_at),
    active_seconds: ended.active_seconds,
    ...(ended.ending === "end_unseen" && ended.unseen_seconds
      ? { unseen_seconds: ended.unseen_seconds }
      : {}),
    ...(ended.is_shared_time ? { is_elsewhere: true } : {}),
    ...(ended.is_superseded ? { is_superseded: true } : {}),
    corrected_seconds: null,
    outcome: ended.ending,
    paid: null,
    bonus: null,
    decided_on: null,
    told_on: null,
    overruled: null,
    end_imputed: ended.end_imputed,
    refusal: null,
  };
}

/** The time that counts. */
export function workedSeconds({ corrected_seconds, active_seconds }: LedgerRecord): number {
  return corrected_seconds ?? active_seconds;
}

/** An attempt whose end was not seen and that the worker came back to goes on where it stood. */
export function resumed(record: LedgerRecord, claim: Attempt): Attempt | null {
  if (record.outcome !== "end_unseen" || (record.is_superseded && claim.names === "task")) return null;
  const { id, revision, claimed_at, active_seconds, unseen_seconds = 0, is_elsewhere } = record;
  return {
    ...claim,
    id,
    revision,
    claimed_at,
    active_seconds: active_seconds + unseen_seconds,
    unseen_seconds,
    ...(is_elsewhere ? { is_shared_time: true } : {}),
  };
}

/** The same, where the page was open all the while (the machine slept) and so claims nothing again. */
export function reopened(record: LedgerRecord, now: number): Attempt | null {
  const { platform, task, works, id, revision, claimed_at, active_seconds } = record;
  const attempt = baseName(record.attempt);
  const names = attempt === record.attempt ? {} : { names: "task" as const };
  const claim = { id, revision, platform, attempt, task, works, claimed_at, seen_at: now, active_seconds };
  return resumed(record, { ...claim, ...names });
}

/** The time of a record once it is known how it ended: what was shared unseen counts where work was handed in. */
export function timeAfter(record: LedgerRecord, outcome: RecordOutcome): Partial<LedgerRecord> {
  if (record.outcome !== "end_unseen" || outcome === "end_unseen") return {};
  const isHandedIn = HANDED_IN.has(outcome);
  const { active_seconds, unseen_seconds = 0 } = record;
  return { active_seconds: active_seconds + (isHandedIn ? unseen_seconds : 0), unseen_seconds: 0 };
}

const HANDED_IN: ReadonlySet<RecordOutcome> = new Set(["submitted", "approved", "rejected", "paid"]);

export function isSameDecision(one: Decision, other: Decision): boolean {
  return one.outcome === other.outcome && isSameMoney(one.paid, other.paid);
}

export function isSameAmounts(one: readonly Money[] = [], other: readonly Money[] = []): boolean {
  return one.length === other.length && one.every((money, index) => isSameMoney(money, other[index] ?? null));
}

export function isSameMoney(one: Money | null, other: Money | null): boolean {
  return one?.micros === other?.micros && one?.currency === other?.currency;
}
