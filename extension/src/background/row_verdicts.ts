/** Posted tasks, judged: what the worker's own history and the newest snapshot say of each, in the floor's currency. */

import { ratesWith, type View, viewOf } from "../core/floor/floor";
import { firstRecentMonth, ownOf } from "../core/history/history";
import { paceAt } from "../core/history/pace";
import { recentHistory } from "../core/history/recent";
import { bundled } from "../core/packs/packs";
import { listedTerms } from "../core/snapshot/listed_terms";
import { lookup } from "../core/snapshot/lookup";
import { type Shelf, snapshotOf } from "../core/snapshot/sync";
import type { Absence, Verdict } from "../core/verdict";
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
  const [snapshot, history, floor, list, day, { platforms }] = await Promise.all([
    snapshotOf(edge, shelf, platform),
    recentHistory(edge, rows),
    settings.floor.get(),
    settings.watchlist.get(),
    ratesOfTheDay(edge, shelf),
    settings.paces.get(),
  ]);
  const absence = snapshot === null ? await absenceOf(edge, platform) : "few";
  const usdPer = ratesWith(floor, day);
  const view = viewOf(floor, usdPer);
  const own = { currency: view.currency, usdPer, since: firstRecentMonth(edge.now()) };
  const verdicts = rows.map((task) => {
    const rate = lookup(snapshot, task);
    const done = ownOf(history, task, own);
    const pace = done === null ? paceAt(platforms[platform], { rate, task }, { view, usdPer }) : null;
    return {
      rate,
      own: done,
      pace,
      mark: markOf(list, task),
      absence,
      listed: listedTerms(task, rate, usdPer),
    };
  });
  return { verdicts, view };
}

/** Why a platform has no rates on this device. */
async function absenceOf({ settings }: Edge, platform: string): Promise<Absence> {
  if (bundled.every(({ slug }) => slug !== platform)) return "unpublished"; // a site of the worker's own
  const isFetched = (await settings.consent.get()).sharing || (await settings.fetches_rates.get());
  if (!isFetched) return "off";
  return (await settings.synced.get())[platform]?.is_current ? "unpublished" : "unreached";
}
