/** Time no task pays for, one row a platform and day; told to the server once the day is over. */

import { MAX_DAY_SECONDS, type OverheadSeconds } from "../../generated/contract";
import type { Database, Writing } from "../../platform/database";
import type { Spent } from "../timer/session";
import { timeOrderedId } from "./id";

export interface OverheadDay {
  platform: string;
  /** The worker's own calendar day. */
  day: string;
  id: string;
  revision: number;
  /** The revision that went to the outbox last. */
  told_revision: number;
  /** The worker shared timings when this day began. */
  is_shared: boolean;
  seconds: OverheadSeconds;
}

/** Adds time to its day. `random` is 10 bytes, for a day not seen before. */
export async function addSpent(
  writing: Writing,
  spent: Spent,
  day: string,
  is_shared: boolean,
  random: Uint8Array,
): Promise<void> {
  const store = writing.objectStore("overheads");
  const known = await store.get([spent.platform, day]);
  const row = known ?? {
    platform: spent.platform,
    day,
    id: timeOrderedId(Date.parse(`${day}T00:00:00Z`), random),
    revision: 0,
    told_revision: 0,
    is_shared,
    seconds: {},
  };
  const seconds = (row.seconds[spent.overhead] ?? 0) + spent.seconds;
  const wasTold = row.revision === row.told_revision;
  await store.put({
    ...row,
    revision: wasTold ? row.revision + 1 : row.revision,
    seconds: { ...row.seconds, [spent.overhead]: seconds },
  });
}

/** Puts every day before `today` that has something new to tell into the outbox. */
export async function enqueueDays(writing: Writing, today: string): Promise<void> {
  const store = writing.objectStore("overheads");
  for (const row of await store.index("by_day").getAll(IDBKeyRange.upperBound(today, true))) {
    if (!row.is_shared || row.told_revision === row.revision) continue;
    const { id, revision, platform, day } = row;
    const item = { id, revision, platform, day, seconds: whole(row.seconds) };
    await writing.objectStore("outbox").put({ id, revision, kind: "overhead", item });
    await store.put({ ...row, told_revision: row.revision });
  }
}

/** Seconds of unpaid time of one day, over all platforms and classes. */
export async function overheadOn(database: Database, day: string): Promise<number> {
  const rows = await database.getAllFromIndex("overheads", "by_day", day);
  const seconds = rows.flatMap((row): number[] => Object.values(row.seconds));
  return seconds.reduce((sum, each) => sum + each, 0);
}

function whole(seconds: OverheadSeconds): OverheadSeconds {
  const rounded = Object.entries(seconds).map(([name, value]) => [
    name,
    Math.min(Math.round(value), MAX_DAY_SECONDS),
  ]);
  return Object.fromEntries(rounded) as OverheadSeconds;
}
