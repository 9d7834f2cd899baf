/** The day as the popup shows it, gathered from what the device stores. */

import { ratesWith } from "../core/floor/floor";
import { closedOn } from "../core/ledger/account";
import { readDay } from "../core/ledger/book";
import { sharesOf } from "../core/ledger/clients";
import { guesses, isFresh } from "../core/ledger/correction";
import { bestCurrency, currenciesIn } from "../core/ledger/currency";
import {
  type Figures,
  figures,
  type LastTask,
  type OpenTask,
  openTasks,
  type Today,
} from "../core/ledger/figures";
import { payOf, promised, type UsdPer } from "../core/ledger/pay";
import { workedSeconds } from "../core/ledger/record";
import { newestRecords } from "../core/ledger/slices";
import { currentSession, recordsSince } from "../core/ledger/store";
import type { Terms } from "../core/ledger/totals";
import { overheadOn } from "../core/outbox/overheads";
import { bundled, packsNow } from "../core/packs/packs";
import { switchedOff } from "../core/packs/sync_updates";
import type { Shelf } from "../core/snapshot/sync";
import { dayOf, startOfDay } from "../core/timer/hour";
import { isGranted } from "../platform/browser";
import type { Edge } from "../platform/context";
import { ratesOfTheDay } from "./exchange";
import { settleByHand } from "./manual";

/** A day's figures, and what open tasks are converted by. */
export interface Day {
  day: string;
  figures: Figures;
  usdPer: UsdPer;
}

export async function today(edge: Edge, shelf: Shelf): Promise<Today> {
  const { settings, database } = edge;
  await settleByHand(edge);
  const day = await dayNow(edge, shelf);
  const synced = Object.values(await settings.synced.get()).map(({ at }) => at);
  const unfit = await settings.unfit.get();
  const unseen = await settings.unseen_ends.get();
  const consent = await settings.consent.get();
  return {
    figures: day.figures,
    open: await openNow(edge, day),
    last: await lastTask(edge),
    waiting: await database.count("outbox"),
    refused: await refusedOn(edge),
    problem: (await settings.pause.get())?.problem ?? null,
    synced_at: synced.some((at) => at > 0) ? Math.max(...synced) : null,
    fetches_rates: consent.sharing || (await settings.fetches_rates.get()),
    consent,
    unseen_ends: (await packsNow(edge)).filter(({ slug }) => unseen.includes(slug)).map(({ name }) => name),
    storage_failed: await settings.storage_failed.get(),
    unfit: (await packsNow(edge)).filter(({ slug }) => slug in unfit).map(({ name }) => name),
    shows_pay: Object.values(await settings.platforms.get()).includes(true),
    lost: await lostSites(edge),
    off: (await switchedOff(edge, bundled)).map(({ name }) => name),
  };
}

/** The figures of the day, in the worker's currency where all can be converted, else in the one they are paid in. */
export async function dayNow(edge: Edge, shelf: Shelf): Promise<Day> {
  const day = dayOf(edge.now());
  const { sums, shares, accounts } = await readDay(edge.database, day);
  const overhead = await overheadOn(edge.database, day);
  const floor = await edge.settings.floor.get();
  const usdPer = ratesWith(floor, await ratesOfTheDay(edge, shelf));
  const exchange = { currency: bestCurrency(currenciesIn(sums), floor.per_hour.currency, usdPer), usdPer };
  const terms: Terms = {
    exchange,
    today: day,
    share: sharesOf(shares, { exchange }),
    closed_on: closedOn(accounts),
  };
  return { day, figures: figures(sums, overhead, terms), usdPer };
}

/** Sites that are switched on although the browser took their permission back. */
async function lostSites(edge: Edge): Promise<Today["lost"]> {
  const on = await edge.settings.platforms.get();
  const packs = (await packsNow(edge)).filter(({ slug, pages }) => on[slug] === true && pages.length > 0);
  const granted = await Promise.all(packs.map(({ hosts }) => isGranted(hosts)));
  return packs.filter((_, place) => !granted[place]).map(({ name, hosts }) => ({ name, hosts }));
}

/** Records of the day that the server did not accept. */
async function refusedOn({ database, now }: Edge): Promise<number> {
  const records = await recordsSince(database, startOfDay(now()));
  return records.filter(({ refusal }) => refusal !== null).length;
}

async function openNow({ database }: Edge, { figures, usdPer }: Day): Promise<OpenTask[]> {
  return openTasks(await currentSession(database), usdPer, figures.currency);
}

/** The last task of today. Its time is asked about while the worker may still know it, until they answered. */
async function lastTask({ database, settings, now }: Edge): Promise<LastTask | null> {
  const [last] = await newestRecords(database, null, 1);
  if (last === undefined || last.day !== dayOf(now())) return null;
  const { id, task, platform, outcome, active_seconds } = last;
  const isAsked = isFresh(last, now()) && (await settings.answered.get()) !== id;
  return {
    id,
    title: task.task.title,
    platform,
    outcome,
    active_seconds,
    counted_seconds: workedSeconds(last),
    pay: payOf(last) ?? promised(task, active_seconds),
    guesses: isAsked ? guesses(last) : [],
  };
}
