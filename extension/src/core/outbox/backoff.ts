/** How long the outbox rests after an answer that was no receipt. Pure. */

import { MAX_BATCH_ITEMS } from "../../generated/contract";
import type { Answer } from "../../platform/api";
import type { Pause } from "../../platform/storage";

/** Doubled with every failure. */
const FIRST_MS = 30_000;
/** A line that is back is noticed within the hour even without an event. */
const LONGEST_MS = 3_600_000;
/** A secret the server does not know stays unknown; ask again now and then, and lose nothing. */
const UNKNOWN_SECRET_MS = 6 * 3_600_000;
/** The request itself was found wanting: one with fewer items may pass. */
const TOO_MUCH = new Set([400, 413, 422]);

export type Failure = Exclude<Answer<unknown>, { kind: "yes" }>;

/** The pause after `failure`; `chance` from 0 to 1 spreads the devices that failed together. */
export function rest(before: Pause | null, failure: Failure, now: number, chance: number): Pause {
  const failures = (before?.failures ?? 0) + 1;
  const items = before?.items ?? MAX_BATCH_ITEMS;
  const delay = Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) * (0.5 + chance / 2);
  const pause = (problem: Pause["problem"], delay_ms: number): Pause => {
    return { until: now + Math.round(delay_ms), failures, items, problem };
  };
  if (failure.kind !== "no") return pause("unreachable", delay);
  if (failure.status === 401) return pause("unknown_secret", UNKNOWN_SECRET_MS);
  if (failure.status === 429 || failure.status >= 500) {
    const asked = (failure.retry_after_seconds ?? 0) * 1000;
    return pause("busy", Math.max(delay, asked + asked * 0.1 * chance));
  }
  const fewer = TOO_MUCH.has(failure.status) ? Math.max(1, Math.floor(items / 2)) : items;
  return { ...pause("unexpected", delay), items: fewer };
}

/** A single item that our server itself will not take in any company; a proxy on the way may say anything. It leaves the queue, and stays in the worker's own record. */
export function isHopeless(failure: Failure, sent: number): boolean {
  return sent === 1 && failure.kind === "no" && failure.is_ours === true && TOO_MUCH.has(failure.status);
}
