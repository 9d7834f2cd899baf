/** The day as the popup tells it: what was worked, what it paid, what an hour of it comes to. */

import type { Outcome } from "../../generated/contract";
import { type Attempt, isSame, type Session } from "../timer/session";
import { isSubmitted } from "./amounts";
import { inUsd, promised, type UsdPer } from "./pay";
import type { Sum } from "./sums";
import { type Terms, totals } from "./totals";

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
  /** Every outcome counts; pending work at what its client paid so far. */
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
  /** The worker started it; null: a page did. */
  by_hand: "running" | "paused" | null;
  /** What it would come to if it were submitted now; null before there is anything to say. */
  usd_per_hour: number | null;
}

/** A task that just ended, to be asked about: was it really that long? */
export interface FinishedTask {
  id: string;
  title: string;
  active_seconds: number;
  /** Times to choose from, in seconds. */
  guesses: number[];
}

/** What the popup shows. */
export interface Today {
  figures: Figures;
  open: OpenTask[];
  finished: FinishedTask | null;
  /** Observations and overheads not yet on the server. */
  waiting: number;
  refused: number;
  problem: "unreachable" | "busy" | "unknown_secret" | "unexpected" | null;
  /** The last time rates were fetched. */
  synced_at: number | null;
  consent: { ledger: boolean; sharing: boolean };
  /** Names of sites that changed so that nothing could be read. */
  unfit: string[];
  /** Sites whose reading the server has switched off until they are mended. */
  off: string[];
}

/** In the first seconds of a task any pay looks like a fortune. */
const RUNNING_FROM_SECONDS = 30;

/** The figures of a day's sums, in US dollars. */
export function figures(sums: readonly Sum[], overhead_seconds: number, terms: Terms): Figures {
  const all = totals(sums, overhead_seconds, terms);
  const submitted = Object.entries(all.outcomes).reduce(
    (count, [outcome, tasks]) => (isSubmitted(outcome as Outcome) ? count + tasks : count),
    0,
  );
  return {
    tasks: all.tasks,
    submitted,
    pending: all.outcomes.submitted ?? 0,
    unsubmitted: all.tasks - submitted,
    active_seconds: all.active_seconds,
    overhead_seconds: all.overhead_seconds,
    earned_usd_micros: all.earned,
    pending_usd_micros: all.pending,
    task_usd_per_hour: all.task_per_hour,
    effective_usd_per_hour: all.effective_per_hour,
    unpriced: all.unpriced,
  };
}

/** What an attempt that runs would come to an hour if it were submitted now. */
export function openTasks(session: Session, usdPer: UsdPer): OpenTask[] {
  const { focus } = session;
  const front = focus?.subject.kind === "task" ? focus.subject : null;
  const isFront = (attempt: Attempt): boolean => front !== null && isSame(attempt, front);
  const open = session.attempts.filter((attempt) => attempt.is_trial !== true || isFront(attempt));
  return open.map((attempt) => {
    const { task, active_seconds } = attempt;
    const pay = promised(task, active_seconds);
    const usd = pay && inUsd(pay, usdPer);
    const isTold = usd !== null && active_seconds >= RUNNING_FROM_SECONDS;
    return {
      platform: attempt.platform,
      title: task.task.title,
      active_seconds,
      is_in_front: isFront(attempt),
      by_hand: attempt.by_hand ?? null,
      usd_per_hour: isTold ? perHour(usd, active_seconds) : null,
    };
  });
}

function perHour(usd_micros: number, seconds: number): number | null {
  return seconds > 0 ? (usd_micros * 3600) / seconds / 1_000_000 : null;
}
