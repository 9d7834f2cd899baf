/** How an attempt ends, seen or unseen (estimator A: a missing end is put at the last heartbeat, never later than the limit). */

import type { Ending } from "../../model/readings";
import type { Attempt, Ended } from "./session";

/** A submit page may load slowly after the limit; then the end is not coming. */
const GRACE_MS = 10 * 60_000;
/** Without a limit: nobody came back for a whole day. */
const SILENCE_MS = 24 * 3_600_000;

/** The attempt as it stands at its end. */
export function endOf(attempt: Attempt, ending: Ending, ended_at: number): Ended {
  return { ...attempt, ending, ended_at, end_imputed: false };
}

/** The attempt as abandoned, if by `now` its end can no longer be seen; else null. */
export function overdueEnd(attempt: Attempt, now: number): Ended | null {
  const limit = attempt.task.limit_seconds;
  const deadline = limit === null ? null : attempt.claimed_at + limit * 1000;
  const isOver = deadline === null ? now > attempt.seen_at + SILENCE_MS : now > deadline + GRACE_MS;
  if (!isOver || (deadline !== null && now - attempt.seen_at <= GRACE_MS)) return null;
  const ended_at = Math.min(deadline ?? attempt.seen_at, attempt.seen_at);
  return { ...attempt, ending: "abandoned", ended_at, end_imputed: true };
}
