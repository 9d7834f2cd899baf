/** Ends that no page says and that follow from what pages show: an attempt listed no more, and one after the other. Pure. */

import type { Ending, HeldAttempt } from "../../model/readings";
import type { PageMessage } from "../messages";
import type { Attempt, Session } from "../timer/session";

/** A list of open attempts may lag behind the site by some seconds. */
export const LAG_MS = 10_000;
/** What is gone with no more than this left ran out of time. */
const LAST_MS = 7_000;
/** A claim that is no older was made on the way here. */
const JUST_CLAIMED_SECONDS = 15;
/** The attempt before was in front until a moment ago. */
const JUST_SEEN_MS = 30_000;

export interface Inferred {
  attempt: string;
  ending: Ending;
}

/**
 * Attempts that a list of all open ones no longer has; `before`: those it had last time.
 *
 * A list may call attempts otherwise than their pages do. So one is gone only where the list is seen to use the same names, or is
 * empty.
 */
export function goneFrom(
  session: Session,
  held: Extract<PageMessage, { kind: "held" }>,
  before: readonly HeldAttempt[],
  now: number,
): Inferred[] {
  const { gone, platform } = held;
  if (gone === null) return [];
  const open = session.attempts.filter((one) => one.platform === platform && one.by_hand === undefined);
  const listed = namesOf(held.attempts);
  const once = namesOf(before);
  const isSameNames = listed.size === 0 || open.some(({ attempt }) => listed.has(attempt));
  return open
    .filter(({ attempt }) => !listed.has(attempt) && (isSameNames || once.has(attempt)))
    .filter((one) => now - one.claimed_at > LAG_MS)
    .map((one) => ({ attempt: one.attempt, ending: ranOut(one, now) ? "expired" : gone }));
}

function namesOf(attempts: readonly HeldAttempt[]): ReadonlySet<string> {
  return new Set(attempts.map(({ attempt }) => attempt));
}

function ranOut({ claimed_at, task }: Attempt, now: number): boolean {
  return task.limit_seconds !== null && now >= claimed_at + task.limit_seconds * 1000 - LAST_MS;
}

/** The attempt that was in front in this tab until the same task was claimed anew there: the site went on by itself. */
export function before(
  session: Session,
  claim: Extract<PageMessage, { kind: "claimed" }>,
  tab: number,
  now: number,
): Inferred | null {
  const { next, task } = claim;
  if (next === null || task.task.id === null || claim.elapsed_seconds > JUST_CLAIMED_SECONDS) return null;
  const front = session.fronts.find(({ source, platform }) => source === tab && platform === task.platform);
  const last = session.attempts.find((one) => {
    return one.platform === task.platform && one.attempt === front?.attempt;
  });
  if (last === undefined || last.attempt === claim.attempt || last.task.task.id !== task.task.id) return null;
  return now - last.seen_at <= JUST_SEEN_MS ? { attempt: last.attempt, ending: next } : null;
}
