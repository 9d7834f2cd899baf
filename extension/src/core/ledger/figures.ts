/** The day as the popup tells it: what was worked, what it paid, what an hour of it comes to. */

import type { Money, Outcome } from "../../generated/contract";
import type { RecordOutcome } from "../../model/readings";
import { convert } from "../floor/currency";
import { MICROS } from "../money";
import { type Attempt, isSame, type Session } from "../timer/session";
import { isSubmitted } from "./amounts";
import { promised, type UsdPer } from "./pay";
import type { Sum } from "./sums";
import { type Terms, totals } from "./totals";

/** Money is micros of `currency`. Rates are units of it an hour; null where no time was worked or nothing is known. */
export interface Figures {
  /** ISO 4217. */
  currency: string;
  tasks: number;
  submitted: number;
  pending: number;
  unsubmitted: number;
  active_seconds: number;
  overhead_seconds: number;
  earned_micros: number;
  pending_micros: number;
  /** Submitted work only. */
  task_per_hour: number | null;
  /** Every outcome counts; pending work at what its client paid so far. */
  effective_per_hour: number | null;
  /** The same, with unpaid time counted as work. */
  all_in_per_hour: number | null;
  /** Records whose pay nobody told us, or whose currency has no rate of the day: left out of both rates. */
  unpriced: number;
}

/** A task that is being timed. */
export interface OpenTask {
  platform: string;
  /** The platform's own id of the attempt. */
  attempt: string;
  title: string;
  active_seconds: number;
  is_in_front: boolean;
  /** The worker started it; null: a page did. */
  by_hand: "running" | "paused" | null;
  /** What it would come to if it were submitted now; null before there is anything to say. */
  per_hour: Hourly | null;
}

/** Pay an hour in units of a currency. */
export interface Hourly {
  amount: number;
  currency: string;
}

/** The task that was recorded last today. */
export interface LastTask {
  id: string;
  title: string;
  platform: string;
  outcome: RecordOutcome;
  /** As measured; what the worker said instead is `counted_seconds`. */
  active_seconds: number;
  counted_seconds: number;
  /** What it paid, else what it lists. */
  pay: Money | null;
  /** Times that it may have taken instead, in seconds; none once the worker was asked. */
  guesses: number[];
}

/** What the popup shows. */
export interface Today {
  figures: Figures;
  open: OpenTask[];
  last: LastTask | null;
  /** Observations and overheads not yet on the server. */
  waiting: number;
  refused: number;
  problem: "unreachable" | "busy" | "unknown_secret" | "unexpected" | null;
  /** The last time rates were fetched. */
  synced_at: number | null;
  /** Published rates are fetched: by who shares, and by who says so. */
  fetches_rates: boolean;
  consent: { ledger: boolean; sharing: boolean };
  /** Names of sites whose tasks are claimed and never seen to end. */
  unseen_ends: string[];
  /** The device could not keep what was timed. */
  storage_failed: boolean;
  /** Names of sites that changed so that nothing could be read. */
  unfit: string[];
  /** A site is switched on, so that pay is shown there. */
  shows_pay: boolean;
  /** Sites that are switched on and that the browser no longer allows. */
  lost: { name: string; hosts: string[] }[];
  /** Sites whose reading the server has switched off until they are mended. */
  off: string[];
}

/** In the first seconds of a task any pay looks like a fortune. */
const RUNNING_FROM_SECONDS = 30;

/** The figures of a day's sums. */
export function figures(sums: readonly Sum[], overhead_seconds: number, terms: Terms): Figures {
  const all = totals(sums, overhead_seconds, terms);
  const submitted = Object.entries(all.outcomes).reduce(
    (count, [outcome, tasks]) => (isSubmitted(outcome as Outcome) ? count + tasks : count),
    0,
  );
  return {
    currency: terms.exchange.currency,
    tasks: all.tasks,
    submitted,
    pending: all.outcomes.submitted ?? 0,
    unsubmitted: all.tasks - submitted,
    active_seconds: all.active_seconds,
    overhead_seconds: all.overhead_seconds,
    earned_micros: all.earned,
    pending_micros: all.pending,
    task_per_hour: all.task_per_hour,
    effective_per_hour: all.effective_per_hour,
    all_in_per_hour: all.all_in_per_hour,
    unpriced: all.unpriced,
  };
}

/** What an attempt that runs would come to an hour if it were submitted now. */
export function openTasks(session: Session, usdPer: UsdPer, currency: string): OpenTask[] {
  const { focus } = session;
  const front = focus?.subject.kind === "task" ? focus.subject : null;
  const isFront = (attempt: Attempt): boolean => front !== null && isSame(attempt, front);
  const open = session.attempts.filter((attempt) => attempt.is_trial !== true || isFront(attempt));
  return open.map((attempt) => ({
    platform: attempt.platform,
    attempt: attempt.attempt,
    title: attempt.task.task.title,
    active_seconds: attempt.active_seconds,
    is_in_front: isFront(attempt),
    by_hand: attempt.by_hand ?? null,
    per_hour: runningPay(attempt, usdPer, currency),
  }));
}

/** In `currency` where the rate of the day is known, else in the currency that the task pays in. */
function runningPay({ task, active_seconds }: Attempt, usdPer: UsdPer, currency: string): Hourly | null {
  const pay = promised(task, active_seconds);
  if (pay === null || active_seconds < RUNNING_FROM_SECONDS) return null;
  const amount = (pay.micros / MICROS) * (3600 / active_seconds);
  const converted = convert(amount, pay.currency, currency, usdPer);
  return converted === null ? { amount, currency: pay.currency } : { amount: converted, currency };
}
