/**
 * A record as amounts that add up: what one task brings to a day, a month, a client, a platform.
 *
 * Whole numbers throughout (milliseconds, micros), so that what was added can be taken away again without a trace.
 * Money stays in its own currency: which rate converts it is known only when somebody looks.
 */

import type { Money, Outcome } from "../../generated/contract";
import type { RecordOutcome } from "../../model/readings";
import { certaintyOf, credited, promised } from "./pay";
import { type LedgerRecord, workedSeconds } from "./record";

/** What is told of one currency. `_ms` is the time that the amount of that name stands against. */
export type Part =
  | "tasks"
  /** Paid, or approved. */
  | "earned"
  | "earned_ms"
  /** Submitted, not decided. */
  | "pending"
  | "pending_tasks"
  | "pending_ms"
  /** Submitted work at what it was listed at, whatever came of it. */
  | "listed"
  | "listed_ms"
  /** Decided work: what it was listed at, and what it paid. */
  | "decided"
  | "decided_paid"
  | "rejected"
  | "rejected_tasks"
  /** Of tasks that state how long they take: the listed pay, and that time. */
  | "stated"
  | "stated_ms"
  /** Earned in a time that nobody knows: in no rate. */
  | "untimed"
  | "untimed_tasks"
  /** Submitted in such a time, and not decided. */
  | "untimed_pending"
  | "untimed_pending_tasks";

export type Name =
  | "tasks"
  | "worked_ms"
  /** Time whose pay is known to be nothing. */
  | "unpaid_ms"
  /** Tasks that never promised anything: a test to pass, not work. */
  | "qualification_ms"
  /** Tasks whose pay nobody told us. */
  | "unpriced"
  | `is ${Outcome}`
  /** How many were decided this many days after they were submitted. */
  | `days ${number}`
  | `${string} ${Part}`;

export type Amounts = Partial<Record<Name, number>>;

const DAY_MS = 86_400_000;
/** Longer ago is told as this long. */
const LONGEST_WAIT_DAYS = 400;

/** What `record` brings: nothing while it is not known how it ended. */
export function amountsOf(record: LedgerRecord): Amounts {
  const amounts: Amounts = {};
  const { outcome } = record;
  if (outcome === "end_unseen") return amounts;
  const put = (name: Name, amount: number): void => {
    if (amount !== 0) amounts[name] = (amounts[name] ?? 0) + amount;
  };
  const ms = Math.round(workedSeconds(record) * 1000);
  if (isTest(record)) {
    put("qualification_ms", ms);
    return amounts;
  }
  put("tasks", 1);
  put("worked_ms", ms);
  put(`is ${outcome}`, 1);
  if (record.is_untimed && record.corrected_seconds === null) putUntimed(record, put);
  else putPay(record, ms, put);
  putWait(record, put);
  return amounts;
}

type Put = (name: Name, amount: number) => void;

function putPay(record: LedgerRecord, ms: number, put: Put): void {
  const listed = promised(record.task, ms / 1000);
  const putMoney = ({ micros, currency }: Money, part: Part, time?: Part): void => {
    put(`${currency} ${part}`, micros);
    if (time !== undefined) put(`${currency} ${time}`, ms);
  };
  const certainty = certaintyOf(record);
  const pay = certainty === "nothing" ? null : credited(record, ms / 1000);
  if (certainty === "nothing") put("unpaid_ms", ms);
  else if (pay === null) put("unpriced", 1);
  else {
    put(`${pay.currency} tasks`, 1);
    if (certainty === "pending") put(`${pay.currency} pending_tasks`, 1);
    putMoney(pay, certainty, `${certainty}_ms`);
  }
  // The time stands against the main amount; what came in other currencies adds to the pay alone.
  for (const other of record.other_paid ?? []) {
    putMoney(other, "earned");
    if (listed !== null && isSubmitted(record.outcome)) putMoney(other, "decided_paid");
  }
  if (listed === null || !isSubmitted(record.outcome)) return;
  putMoney(listed, "listed", "listed_ms");
  if (certainty !== "pending") putMoney(listed, "decided");
  if (certainty === "earned") putMoney(pay ?? listed, "decided_paid");
  if (record.outcome === "rejected") {
    putMoney(listed, "rejected");
    put(`${listed.currency} rejected_tasks`, 1);
  }
  const { estimate_seconds } = record.task;
  if (estimate_seconds === null || estimate_seconds <= 0) return;
  putMoney(listed, "stated");
  put(`${listed.currency} stated_ms`, Math.round(estimate_seconds * 1000));
}

function putUntimed(record: LedgerRecord, put: Put): void {
  const certainty = certaintyOf(record);
  const listed = promised(record.task, 0);
  if (record.outcome === "rejected" && listed !== null) {
    put(`${listed.currency} rejected`, listed.micros);
    put(`${listed.currency} rejected_tasks`, 1);
  }
  const pay = certainty === "nothing" ? null : (record.paid ?? listed);
  if (pay !== null) {
    put(`${pay.currency} tasks`, 1);
    put(`${pay.currency} ${certainty === "earned" ? "untimed_tasks" : "untimed_pending_tasks"}`, 1);
    put(`${pay.currency} ${certainty === "earned" ? "untimed" : "untimed_pending"}`, pay.micros);
  }
  for (const other of record.other_paid ?? []) put(`${other.currency} untimed`, other.micros);
}

function putWait({ outcome, decided_on, day }: LedgerRecord, put: Put): void {
  if (decided_on === null || (outcome !== "approved" && outcome !== "paid")) return;
  put(`days ${Math.min(daysBetween(day, decided_on), LONGEST_WAIT_DAYS)}`, 1);
}

/** Whole days from one calendar day to another, never less than none. */
export function daysBetween(day: string, later: string): number {
  return Math.max(0, Math.round((Date.parse(later) - Date.parse(day)) / DAY_MS));
}

export function isSubmitted(outcome: RecordOutcome): boolean {
  return outcome === "submitted" || outcome === "approved" || outcome === "rejected" || outcome === "paid";
}

/** Estimator C 1: work at no pay is the price of getting work. */
function isTest({ task, paid }: LedgerRecord): boolean {
  return task.reward?.micros === 0 && (paid?.micros ?? 0) === 0;
}

/** Adds `amounts` to `into` (or, with -1, takes them away). What comes to nothing is left out. */
export function add(into: Amounts, amounts: Amounts, sign: 1 | -1 = 1): void {
  for (const [name, amount] of Object.entries(amounts) as [Name, number][]) {
    const total = (into[name] ?? 0) + sign * amount;
    if (total === 0) delete into[name];
    else into[name] = total;
  }
}
