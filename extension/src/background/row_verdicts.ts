/** Posted tasks, judged: what the worker's own history and the newest snapshot say of each, in the floor's currency. */

import { ratesWith, type View, viewOf } from "../core/floor/floor";
import { firstRecentMonth, ownOf } from "../core/history/history";
import { recentHistory } from "../core/history/recent";
import { lookup } from "../core/snapshot/lookup";
import { type Shelf, snapshotOf } from "../core/snapshot/sync";
import type { Verdict } from "../core/verdict";
import { markOf } from "../core/watchlist/entry";
import type { TaskReading } from "../model/readings";
import type { Edge } from "../platform/context";
import { ratesOfTheDay } from "./exchange";

/** One verdict a row, in the order of the rows, and what to show and judge pay by. */
export interface Judged {
  verdicts: Verdict[];
  view: View;
}

export async function judged(
  edge: Edge,
  shelf: Shelf,
  platform: string,
  rows: readonly TaskReading[],
): Promise<Judged> {
  const { settings } = edge;
  const [snapshot, history, floor, list, day] = await Promise.all([
    snapshotOf(edge, shelf, platform),
    recentHistory(edge, rows),
    settings.floor.get(),
    settings.watchlist.get(),
    ratesOfTheDay(edge, shelf),
  ]);
  const usdPer = ratesWith(floor, day);
  const view = viewOf(floor, usdPer);
  const own = { currency: view.currency, usdPer, since: firstRecentMonth(edge.now()) };
  const verdicts = rows.map((row) => ({
    rate: lookup(snapshot, row),
    own: ownOf(history, row, own),
    mark: markOf(list, row),
  }));
  return { verdicts, view };
}
