/** Which attempt a status page speaks of: by the platform's own id, else by title and day where only one fits. */

import type { LaterOutcome } from "../../model/readings";
import type { Writing } from "../../platform/database";
import { titleGroup } from "../snapshot/keys";
import { daysBetween } from "./amounts";
import type { LedgerRecord } from "./record";

const DAY_MS = 86_400_000;

/** Undefined where there is no such attempt, or more than one: nothing is told of a wrong one. */
export async function recordOfOutcome(
  writing: Writing,
  platform: string,
  { attempt, title, day }: LaterOutcome,
): Promise<LedgerRecord | undefined> {
  if (attempt !== null) return recordedAs(writing, platform, attempt);
  if (!title || !day) return undefined;
  const near = await recordsNear(writing, day);
  const alike = near.filter(
    (one) => one.platform === platform && titleGroup(one.task.task.title) === titleGroup(title),
  );
  const onTheDay = alike.filter((one) => one.day === day);
  // The site's day may be another than the worker's: it may keep the time of another zone.
  const fitting = onTheDay.length > 0 ? onTheDay : alike.filter((one) => apart(one.day, day) <= 1);
  return fitting.length === 1 ? fitting[0] : undefined;
}

export function recordedAs(
  writing: Writing,
  platform: string,
  attempt: string,
): Promise<LedgerRecord | undefined> {
  return writing.objectStore("records").index("by_attempt").get([platform, attempt]);
}

function recordsNear(writing: Writing, day: string): Promise<LedgerRecord[]> {
  const instant = Date.parse(day);
  if (Number.isNaN(instant)) return Promise.resolve([]);
  const range = IDBKeyRange.bound(instant - 2 * DAY_MS, instant + 3 * DAY_MS);
  return writing.objectStore("records").index("by_ended").getAll(range);
}

function apart(one: string, other: string): number {
  return Math.max(daysBetween(one, other), daysBetween(other, one));
}
