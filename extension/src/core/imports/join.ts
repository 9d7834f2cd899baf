/** Which record each entry of a file speaks of: one taken in before, one timed here, or none. No two entries get one record. */

import type { Writing } from "../../platform/database";
import { joinLines, type Line, type Named, recordedAs } from "../ledger/find_record";
import type { LedgerRecord } from "../ledger/record";
import type { Entry } from "./entry";

const DAY_MS = 86_400_000;

/** `null`: nothing here is it. "unsure": several may be. */
export type Joined = LedgerRecord | "unsure" | null;

/** Joins entries that lie close together in time; `used` holds the records that earlier ones of the file took. */
export async function joinEntries(
  writing: Writing,
  entries: readonly Entry[],
  { platform, named, used }: { platform: string; named: Named; used: Set<string> },
): Promise<Joined[]> {
  const joined: Joined[] = [];
  for (const [place, { attempt }] of entries.entries()) {
    const same = await recordedAs(writing, platform, attempt);
    const isMine = same !== undefined && (same.attempt === attempt || named === "attempt");
    if (isMine && !used.has(same.id)) joined[place] = take(same, used);
  }
  const open = entries.flatMap((entry, place) => (joined[place] === undefined ? [{ entry, place }] : []));
  const near = await recordsNear(
    writing,
    platform,
    open.map(({ entry }) => entry),
  );
  const free = near.filter(({ id }) => !used.has(id));
  const found = joinLines(
    open.map(({ entry }) => lineOf(entry)),
    free,
    named,
  );
  for (const [number, { place }] of open.entries()) {
    const record = found[number] ?? null;
    const isRecord = record !== null && record !== "unsure";
    joined[place] = isRecord && used.has(record.id) ? null : isRecord ? take(record, used) : record;
  }
  return joined;
}

function take(record: LedgerRecord, used: Set<string>): LedgerRecord {
  used.add(record.id);
  return record;
}

async function recordsNear(
  writing: Writing,
  platform: string,
  entries: readonly Entry[],
): Promise<LedgerRecord[]> {
  const instants = entries.flatMap((entry) => instantOf(entry) ?? []);
  if (instants.length === 0) return [];
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const around = IDBKeyRange.bound(first - 2 * DAY_MS, last + 3 * DAY_MS);
  const near = await writing.objectStore("records").index("by_ended").getAll(around);
  return near.filter((record) => record.platform === platform);
}

/** When an entry begins, as far as the file says. */
export function instantOf({ started, day }: Entry): number | null {
  return started ?? (day === null ? null : Date.parse(day));
}

function lineOf({
  attempt,
  is_named,
  title,
  client,
  started,
  day,
  reward,
  reward_per,
  outcome,
  paid,
}: Entry): Line {
  return {
    attempt: is_named ? attempt : null,
    title,
    client: client?.name ?? null,
    started,
    day,
    pay: reward_per === "task" ? reward : null,
    outcome,
    paid,
  };
}
