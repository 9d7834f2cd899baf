/** Time of work that we cannot see: in equal parts among those who may be at work, and never beyond what is likely. Pure. */

import { MAX_ACTIVE_SECONDS } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";
import type { Attempt, Session } from "./session";

/** Estimator A: nobody works longer than three times what the listing states. */
const MOST_ESTIMATES = 3;
/** Where the listing states nothing. */
const UNSTATED_SECONDS = 3600;

/** The most time that an attempt gets unseen, unless the worker says that they still work. */
export function mostUnseenSeconds({ estimate_seconds, limit_seconds }: TaskReading): number {
  const stated = [estimate_seconds && estimate_seconds * MOST_ESTIMATES, limit_seconds];
  const known = stated.filter((seconds): seconds is number => typeof seconds === "number" && seconds > 0);
  return known.length > 0 ? Math.min(...known) : UNSTATED_SECONDS;
}

/**
 * Equal parts for every task that is worked on where we cannot look, and for the one that the worker times by hand: for that also
 * while no key is touched, since they say themselves when they stop.
 */
export function share(session: Session, seconds: number, now: number, idle: boolean): Session {
  const takers = takersOf(session.attempts.filter((attempt) => takesShare(attempt, now, idle)));
  const part = seconds / Math.max(1, takers.length);
  const attempts = session.attempts.map((one) => (takers.includes(one) ? shared(one, part, now) : one));
  return { ...session, attempts };
}

/** What was only looked at takes nothing from a claimed task; of several, the last one that was in front may be at work. */
function takersOf(attempts: readonly Attempt[]): readonly Attempt[] {
  const claimed = attempts.filter(({ is_trial }) => is_trial !== true);
  if (claimed.length > 0) return claimed;
  return attempts.toSorted((one, other) => other.seen_at - one.seen_at).slice(0, 1);
}

function takesShare(attempt: Attempt, now: number, idle: boolean): boolean {
  if (attempt.by_hand !== undefined)
    return attempt.by_hand === "running" && attempt.active_seconds < MAX_ACTIVE_SECONDS;
  if (idle || attempt.works !== "elsewhere" || attempt.has_lineage) return false;
  const limit = attempt.task.limit_seconds;
  const isInTime = limit === null || now <= attempt.claimed_at + limit * 1000;
  return isInTime && attempt.active_seconds < mostOf(attempt);
}

function mostOf({ is_confirmed, task }: Attempt): number {
  return is_confirmed ? MAX_ACTIVE_SECONDS : mostUnseenSeconds(task);
}

function shared(attempt: Attempt, part: number, now: number): Attempt {
  const { by_hand, active_seconds } = attempt;
  if (by_hand !== undefined) return { ...attempt, active_seconds: active_seconds + part, seen_at: now };
  const seconds = Math.min(part, mostOf(attempt) - active_seconds);
  if (seconds <= 0) return { ...attempt, seen_at: now };
  return {
    ...attempt,
    active_seconds: active_seconds + seconds,
    unseen_seconds: (attempt.unseen_seconds ?? 0) + seconds,
    is_shared_time: true,
    seen_at: now,
  };
}
