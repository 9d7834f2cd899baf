/** The worker's pace by platform, taken now and then and not while rows wait: from the newest records and the snapshots. */

import { paceOf } from "../core/history/pace";
import { newestRecords } from "../core/ledger/slices";
import { type Shelf, snapshotOf } from "../core/snapshot/sync";
import type { Edge } from "../platform/context";

/** Enough to know a pace, and quickly read. */
const MOST_RECORDS = 1_000;
/** A pace of half a year ago says little about today's. */
const RECENT_MS = 180 * 86_400_000;

/** Takes the pace again where records ended since it was taken; `always`: the rates changed. */
export async function renewPaces(edge: Edge, shelf: Shelf, always = false): Promise<void> {
  const { database, settings, now } = edge;
  const [last] = await newestRecords(database, null, 1);
  const upto = last?.ended_at ?? 0;
  if (!always && (await settings.paces.get()).upto === upto) return;
  const records = await newestRecords(database, null, MOST_RECORDS);
  const recent = records.filter(({ ended_at }) => ended_at >= now() - RECENT_MS);
  const slugs = [...new Set(recent.map(({ platform }) => platform))];
  const paces = slugs.map(async (slug) => {
    const own = recent.filter(({ platform }) => platform === slug);
    return [slug, paceOf(own, await snapshotOf(edge, shelf, slug))] as const;
  });
  await settings.paces.set({ upto, platforms: Object.fromEntries(await Promise.all(paces)) });
}
