/** The day's figures from the worker's own records: what was worked, what it paid, what an hour of it comes to. */

import type { Session } from "../timer/session";
import { certaintyOf, inUsd, payOf, promised, type UsdPer } from "./pay";
import type { LedgerRecord } from "./record";

/** Dollars are USD micros. Rates are US dollars an hour; null where no time was worked or nothing is known. */
export interface Figures {
  tasks: number;
  submitted: number;
  pending: number;
  unsubmitted: number;
  active_seconds: number;
  overhead_seconds: number;
  earned_usd_micros: number;
  pending_usd_micros: number;
  /** Submitted work only. */
  task_usd_per_hour: number | null;
  /** Every outcome counts; pending work at what it promises. */
  effective_usd_per_hour: number | null;
  /** Records whose pay nobody told us, or whose currency has no rate of the day: left out of both rates. */
  unpriced: number;
}

/** A task that is being timed. */
export interface OpenTask {
  platform: string;
  title: string;
  active_seconds: number;
  is_in_front: boolean;
  /** What it would come to if it were submitted now; null before there is anything to say. */
  usd_per_hour: number | null;
}

/** What the popup shows. */
export interface Today {
  figures: Figures;
  open: OpenTask[];
  /** Observations and overheads not yet on the server. */
  waiting: number;
  refused: number;
  problem: "unreachable" | "busy" | "unknown_secret" | "unexpected" | null;
  /** The last time rates were fetched. */
  synced_at: number | null;
  consent: { ledger: boolean; sharing: boolean };
  /** Names of sites that changed so that nothing could be read. */
  unfit: string[];
}

/** In the first seconds of a task any pay looks like a fortune. */
const RUNNING_FROM_SECONDS = 30;

export function figures(records: readonly LedgerRecord[], overhead_seconds: number, usdPer: UsdPer): Figures {
  const sum = (of: (record: LedgerRecord) => number, among = records): number =>
    among.reduce((total, record) => total + of(record), 0);
  const usd = (record: LedgerRecord): number | null => usdOf(record, usdPer);
  const known = records.filter((record) => usd(record) !== null);
  const submitted = known.filter(isSubmitted);
  const pay = (among: readonly LedgerRecord[]): number => sum((record) => usd(record) ?? 0, among);
  const pending = known.filter((record) => certaintyOf(record) === "pending");
  return {
    tasks: records.length,
    submitted: records.filter(isSubmitted).length,
    pending: records.filter((record) => certaintyOf(record) === "pending").length,
    unsubmitted: records.filter((record) => !isSubmitted(record)).length,
    active_seconds: sum((record) => record.active_seconds),
    overhead_seconds,
    earned_usd_micros: pay(known) - pay(pending),
    pending_usd_micros: pay(pending),
    task_usd_per_hour: perHour(
      promisedBy(submitted, usdPer),
      sum((record) => record.active_seconds, submitted),
    ),
    effective_usd_per_hour: perHour(
      pay(known),
      sum((record) => record.active_seconds, known),
    ),
    unpriced: records.length - known.length,
  };
}

/** What an attempt that runs would come to an hour if it were submitted now. */
export function openTasks(session: Session, usdPer: UsdPer): OpenTask[] {
  const { focus } = session;
  const front = focus?.subject.kind === "task" ? focus.subject.attempt : null;
  return session.attempts.map((attempt) => {
    const { task, active_seconds } = attempt;
    const pay = promised(task, active_seconds);
    const usd = pay && inUsd(pay, usdPer);
    const isTold = usd !== null && active_seconds >= RUNNING_FROM_SECONDS;
    return {
      platform: attempt.platform,
      title: task.task.title,
      active_seconds,
      is_in_front: attempt.attempt === front,
      usd_per_hour: isTold ? perHour(usd, active_seconds) : null,
    };
  });
}

function isSubmitted({ outcome }: LedgerRecord): boolean {
  return outcome === "submitted" || outcome === "approved" || outcome === "rejected" || outcome === "paid";
}

/** A record without pay is worth nothing, in any currency. */
function usdOf(record: LedgerRecord, usdPer: UsdPer): number | null {
  const pay = payOf(record);
  if (pay !== null) return inUsd(pay, usdPer);
  return certaintyOf(record) === "nothing" ? 0 : null;
}

/** What submitted work was listed at, paid or not. */
function promisedBy(records: readonly LedgerRecord[], usdPer: UsdPer): number {
  return records.reduce((total, { task, active_seconds }) => {
    const pay = promised(task, active_seconds);
    return total + ((pay && inUsd(pay, usdPer)) ?? 0);
  }, 0);
}

function perHour(usd_micros: number, seconds: number): number | null {
  return seconds > 0 ? (usd_micros * 3600) / seconds / 1_000_000 : null;
}
