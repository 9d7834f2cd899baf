/** What records add up to, by client and by day, and the same again by month: kept on the disk, beside the records. */

import type { Client } from "../../generated/contract";
import type { Writing } from "../../platform/database";
import { type Amounts, add, amountsOf } from "./amounts";
import type { LedgerRecord } from "./record";

export type Grain = "day" | "month";

export interface Sum {
  platform: string;
  client_key: string;
  client: Client | null;
  /** Of one of its tasks: the name of a client who is hidden. */
  title: string;
  grain: Grain;
  /** "2026-11-23", or the month of it, "2026-11". */
  stretch: string;
  amounts: Amounts;
}

export function monthOf(day: string): string {
  return day.slice(0, "2026-11".length);
}

/** Sums of `records`. Records the worker did not want kept count for nothing. */
export function sumsOf(records: readonly LedgerRecord[], grain: Grain): Sum[] {
  const sums = new Map<string, Sum>();
  for (const record of records) {
    if (!record.is_own) continue;
    const key = JSON.stringify(keyOf(record, grain));
    const sum = sums.get(key) ?? emptySum(record, grain);
    add(sum.amounts, amountsOf(record));
    sums.set(key, sum);
  }
  return [...sums.values()].filter(({ amounts }) => Object.keys(amounts).length > 0);
}

/** A record came, changed (`before` and `after`) or went: its sums follow, in the same transaction. */
export async function follow(
  writing: Writing,
  before: LedgerRecord | undefined,
  after: LedgerRecord | null,
): Promise<void> {
  const changes = [[before, -1] as const, [after, 1] as const];
  for (const [record, sign] of changes) {
    if (!record?.is_own) continue;
    for (const grain of GRAINS) {
      const store = writing.objectStore("sums");
      const sum = (await store.get(keyOf(record, grain))) ?? emptySum(record, grain);
      add(sum.amounts, amountsOf(record), sign);
      if (Object.keys(sum.amounts).length > 0) await store.put(sum);
      else await store.delete(keyOf(record, grain));
    }
  }
}

/** The store of sums, as far as it is needed. */
interface Sums {
  get: (key: SumKey) => Promise<Sum | undefined>;
  put: (sum: Sum) => Promise<unknown>;
}

/** The same for many new records at once: one write a sum. */
export async function followAll(store: Sums, records: readonly LedgerRecord[]): Promise<void> {
  const fresh = GRAINS.flatMap((grain) => sumsOf(records, grain));
  const kept = await Promise.all(
    fresh.map(({ platform, client_key, grain, stretch }) =>
      store.get([platform, client_key, grain, stretch]),
    ),
  );
  const sums = fresh.map((sum, place) => {
    const known = kept[place];
    if (known !== undefined) add(sum.amounts, known.amounts);
    return sum;
  });
  await Promise.all(sums.map((sum) => store.put(sum)));
}

export type SumKey = [platform: string, client_key: string, grain: Grain, stretch: string];

const GRAINS: readonly Grain[] = ["day", "month"];

function keyOf({ platform, client_key, day }: LedgerRecord, grain: Grain): SumKey {
  return [platform, client_key, grain, stretchOf(day, grain)];
}

function emptySum(record: LedgerRecord, grain: Grain): Sum {
  const { platform, client_key, task, day } = record;
  const stretch = stretchOf(day, grain);
  return { platform, client_key, client: task.client, title: task.task.title, grain, stretch, amounts: {} };
}

function stretchOf(day: string, grain: Grain): string {
  return grain === "day" ? day : monthOf(day);
}
