/** The records in slices: all of them; the newest first, a page at a time; or as a search finds them. */

import type { RecordOutcome } from "../../model/readings";
import type { Database } from "../../platform/database";
import type { LedgerRecord } from "./record";

const SLICE = 2_000;

/** Calls back with every record, a slice at a time, in the order of their ids. */
export async function eachSlice(database: Database, take: (records: LedgerRecord[]) => void): Promise<void> {
  let after: IDBKeyRange | null = null;
  for (;;) {
    const records: LedgerRecord[] = await database.getAll("records", after, SLICE);
    take(records);
    const last = records.at(-1);
    if (last === undefined || records.length < SLICE) return;
    after = IDBKeyRange.lowerBound(last.id, true);
  }
}

/** A place between two records: the one before it. */
export interface Mark {
  ended_at: number;
  id: string;
}

/** The newest `most` records after `mark`. */
export async function newestRecords(
  database: Database,
  mark: Mark | null,
  most: number,
): Promise<LedgerRecord[]> {
  const range = mark === null ? null : IDBKeyRange.upperBound(mark.ended_at);
  const records: LedgerRecord[] = [];
  let cursor = await database.transaction("records").store.index("by_ended").openCursor(range, "prev");
  while (cursor !== null && records.length < most) {
    const { value } = cursor;
    const isBefore = mark === null || value.ended_at < mark.ended_at || value.id < mark.id;
    if (isBefore && value.is_own) records.push(value);
    cursor = await cursor.continue();
  }
  return records;
}

/** What a search looks at of one record. */
export interface Entry extends Mark {
  platform: string;
  outcome: RecordOutcome;
  /** Title and client, folded so that case and accents make no difference. */
  words: string;
}

/** Every record as a search sees it, the newest first: read once, then asked at every key. */
export async function readEntries(database: Database): Promise<Entry[]> {
  const entries: Entry[] = [];
  await eachSlice(database, (records) => {
    for (const { id, ended_at, platform, outcome, task, is_own } of records) {
      const words = folded(`${task.task.title} ${task.client?.name ?? ""} ${task.client?.id ?? ""}`);
      if (is_own) entries.push({ id, ended_at, platform, outcome, words });
    }
  });
  return entries.sort((one, other) => other.ended_at - one.ended_at || (one.id < other.id ? 1 : -1));
}

export interface Wish {
  words: string;
  platform: string | null;
  outcome: RecordOutcome | null;
}

/** Those that hold every word that is looked for. */
export function matching(entries: readonly Entry[], wish: Wish): Entry[] {
  const words = folded(wish.words).split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const isThere = wish.platform === null || entry.platform === wish.platform;
    const isSo = wish.outcome === null || entry.outcome === wish.outcome;
    return isThere && isSo && words.every((word) => entry.words.includes(word));
  });
}

function folded(words: string): string {
  return words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
