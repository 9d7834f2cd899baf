/** The day as the popup and the toolbar tell it, gathered from what the device keeps. */

import { closedOn } from "../core/ledger/account";
import { readDay } from "../core/ledger/book";
import { sharesOf } from "../core/ledger/clients";
import { guesses, isFresh } from "../core/ledger/correction";
import {
  type Figures,
  type FinishedTask,
  figures,
  type OpenTask,
  openTasks,
  type Today,
} from "../core/ledger/figures";
import type { UsdPer } from "../core/ledger/pay";
import type { LedgerRecord } from "../core/ledger/record";
import { currentSession, recordsSince } from "../core/ledger/store";
import type { Terms } from "../core/ledger/totals";
import { overheadOn } from "../core/outbox/overheads";
import { bundled, packsNow } from "../core/packs/packs";
import { switchedOff } from "../core/packs/sync_updates";
import { type Shelf, snapshotOf } from "../core/snapshot/sync";
import { dayOf, startOfDay } from "../core/timer/hour";
import type { Edge } from "../platform/context";
import { settleByHand } from "./manual";

interface Day {
  records: LedgerRecord[];
  figures: Figures;
  open: OpenTask[];
}

export async function today(edge: Edge, shelf: Shelf): Promise<Today> {
  const { settings, database } = edge;
  await settleByHand(edge);
  const day = await dayNow(edge, shelf);
  const synced = Object.values(await settings.synced.get()).map(({ at }) => at);
  const unfit = await settings.unfit.get();
  return {
    figures: day.figures,
    open: day.open,
    finished: finished(day.records, edge.now()),
    waiting: await database.count("outbox"),
    refused: day.records.filter(({ refusal }) => refusal !== null).length,
    problem: (await settings.pause.get())?.problem ?? null,
    synced_at: synced.some((at) => at > 0) ? Math.max(...synced) : null,
    consent: await settings.consent.get(),
    unfit: (await packsNow(edge)).filter(({ slug }) => slug in unfit).map(({ name }) => name),
    off: (await switchedOff(edge, bundled)).map(({ name }) => name),
  };
}

/** What the toolbar shows: the task in front if it has run a while, else the day so far. */
export async function runningRate(edge: Edge, shelf: Shelf): Promise<number | null> {
  const day = await dayNow(edge, shelf);
  const front = day.open.find(({ is_in_front }) => is_in_front);
  return front?.usd_per_hour ?? day.figures.effective_usd_per_hour;
}

async function dayNow(edge: Edge, shelf: Shelf): Promise<Day> {
  const day = dayOf(edge.now());
  const { sums, shares, accounts } = await readDay(edge.database, day);
  const records = await recordsSince(edge.database, startOfDay(edge.now()));
  const overhead = await overheadOn(edge.database, day);
  const exchange = { currency: "USD", usdPer: await ratesOfTheDay(edge, shelf) };
  const terms: Terms = {
    exchange,
    today: day,
    share: sharesOf(shares, { exchange }),
    closed_on: closedOn(accounts),
  };
  const session = await currentSession(edge.database);
  return { records, figures: figures(sums, overhead, terms), open: openTasks(session, exchange.usdPer) };
}

/** The last task of today, while the worker may still know how long it really took. */
function finished(records: readonly LedgerRecord[], now: number): FinishedTask | null {
  const last = records.toSorted((one, other) => one.ended_at - other.ended_at).at(-1);
  if (last === undefined || !isFresh(last, now)) return null;
  const { id, task, active_seconds } = last;
  return { id, title: task.task.title, active_seconds, guesses: guesses(last) };
}

/** Exchange rates as the newest snapshot at hand has them. */
export async function ratesOfTheDay(edge: Edge, shelf: Shelf): Promise<UsdPer> {
  const kept = await Promise.all(bundled.map(({ slug }) => snapshotOf(edge, shelf, slug)));
  const newest = kept
    .filter((snapshot) => snapshot !== null)
    .toSorted((one, other) => one.as_of.localeCompare(other.as_of))
    .at(-1);
  return newest?.usd_per ?? {};
}
