/** Exchange rates of the day, held apart from the snapshots they came with, so that a figure in money wakes none of them. */

import type { UsdPer } from "../core/ledger/pay";
import { bundled } from "../core/packs/packs";
import { type Shelf, snapshotOf } from "../core/snapshot/sync";
import type { Edge } from "../platform/context";

/** Exchange rates as the newest snapshot on this device has them. */
export async function ratesOfTheDay(edge: Edge, shelf: Shelf): Promise<UsdPer> {
  const stored = await edge.settings.exchange.get();
  return stored?.usd_per ?? renewExchange(edge, shelf);
}

/** Takes the exchange rates of the newest snapshot: after rates were fetched, and once where none were stored yet. */
export async function renewExchange(edge: Edge, shelf: Shelf): Promise<UsdPer> {
  const read = await Promise.all(bundled.map(({ slug }) => snapshotOf(edge, shelf, slug)));
  const newest = read
    .filter((snapshot) => snapshot !== null)
    .toSorted((one, other) => one.as_of.localeCompare(other.as_of))
    .at(-1);
  if (newest === undefined) return {};
  await edge.settings.exchange.set({ as_of: newest.as_of, usd_per: newest.usd_per });
  return newest.usd_per;
}
