/** How an attempt ends, seen or unseen (estimator A: a missing end is put a minute after its own tabs were last in front). */

import type { Ending } from "../../model/readings";
import type { Attempt, Ended } from "./session";

/** A submit page may load slowly after the limit; then the end is not coming. */
const GRACE_MS = 10 * 60_000;
/** Without a limit: nobody came back for a whole day. */
const SILENCE_MS = 24 * 3_600_000;
/** Work goes on for a moment after the last look. */
const AFTER_SECONDS = 60;

/** The attempt as it stands at its end. */
export function endOf(attempt: Attempt, ending: Ending, ended_at: number): Ended {
  return { ...attempt, ending, ended_at, end_imputed: false };
}

/** The attempt as one whose end nobody saw, if by `now` none can be seen any more; else null. */
export function overdueEnd(attempt: Attempt, now: number): Ended | null {
  const deadline = deadlineOf(attempt);
  const isOver = deadline === null ? now > attempt.seen_at + SILENCE_MS : now > deadline + GRACE_MS;
  if (!isOver || (deadline !== null && now - attempt.seen_at <= GRACE_MS)) return null;
  return unseenEnd(attempt, now);
}

/**
 * The attempt as one whose end nobody saw. Time that was shared with it after its own tabs were last in front is kept apart: it
 * counts once the worker or the site says that the work was handed in.
 */
export function unseenEnd(attempt: Attempt, now: number): Ended {
  const { unseen_seconds = 0, active_seconds } = attempt;
  const front_at = attempt.front_at ?? attempt.seen_at;
  const taken = attempt.by_hand === undefined ? Math.max(0, unseen_seconds - AFTER_SECONDS) : 0;
  const last = attempt.by_hand === undefined ? front_at + AFTER_SECONDS * 1000 : attempt.seen_at;
  return {
    ...attempt,
    active_seconds: active_seconds - taken,
    unseen_seconds: taken,
    ending: "end_unseen",
    ended_at: Math.min(deadlineOf(attempt) ?? now, last, now),
    end_imputed: true,
  };
}

function deadlineOf({ task, claimed_at }: Attempt): number | null {
  return task.limit_seconds === null ? null : claimed_at + task.limit_seconds * 1000;
}
