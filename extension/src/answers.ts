/** What the background does at each message, alarm and start. `background.ts` wires it to the browser. */

import {
  alone,
  inTurn,
  isFirstWake,
  isIdle,
  isSharingGranted,
  language,
  openPage,
  ringAt,
  ringEvery,
  type Sender,
  showOnToolbar,
  silence,
  text,
} from "./browser";
import type { Edge } from "./edge";
import { forgetHistory } from "./history/recent";
import { changeLedger } from "./ledger/keep";
import { forget } from "./ledger/store";
import { answerListing } from "./listing";
import {
  type LedgerMessage,
  type Message,
  type OutboxMessage,
  PANEL_KINDS,
  type PageMessage,
} from "./messages";
import { empty, outboxPage, withdraw, withhold } from "./outbox/desk";
import { flush } from "./outbox/flush";
import { timeOrderedId } from "./outbox/id";
import { erase, exported, giveCountry } from "./outbox/rights";
import { packOf, packs } from "./packs";
import { reconcile } from "./sites";
import { type Shelf, sync } from "./snapshot/sync";
import { eventOf } from "./timer/beat";
import { dayOf } from "./timer/hour";
import { keep, keepOutcomes } from "./timer/keeper";
import type { Session } from "./timer/session";
import { ratesOfTheDay, runningRate, today } from "./today";

export const TICK = "tick";
export const FLUSH = "flush";
export const SYNC = "sync";
const TICK_MINUTES = 0.5; // the shortest the browser allows
const FLUSH_MINUTES = 15; // a line that came back without saying so
const SYNC_MINUTES = 180; // releases are weekly; the answer is nearly always "unchanged"
const IDLE_SECONDS = 60; // estimator A
const SECOND_THOUGHTS_MS = 30_000; // a correction may be corrected at once: then one revision goes, not two

/** The worker's life: the world, and the snapshots at hand. */
export interface Worker {
  edge: Edge;
  shelf: Shelf;
}

/** Answers one message. A site's page may not ask what only our own pages may. */
export async function answer(worker: Worker, message: Message, sender: Sender): Promise<unknown> {
  if (PANEL_KINDS.includes(message.kind) && !sender.is_own_page) throw new Error("not from a page of ours");
  switch (message.kind) {
    case "lookup":
      await fits(worker.edge, message.platform);
      return answerListing(worker.edge, worker.shelf, message, sender.tab);
    case "claimed":
    case "ended":
    case "pulse":
      return time(worker, message, sender.tab);
    case "outcomes":
      return outcomes(worker, message);
    case "unfit":
      return unfit(worker.edge, message);
    case "posted":
    case "mark":
    case "note":
    case "chime":
    case "chimed":
      return answerListing(worker.edge, worker.shelf, message, sender.tab);
    case "today":
      return today(worker.edge, worker.shelf);
    case "sync":
      await backOnline(worker);
      return syncNow(worker);
    case "consent":
      return consent(worker, message);
    case "correct":
    case "remove":
    case "wipe":
    case "exchange":
      return ledger(worker, message);
    default:
      return outbox(worker, message);
  }
}

/** What the worker changes in their own records shows at once, and is told where it was shared. */
async function ledger(worker: Worker, message: LedgerMessage): Promise<unknown> {
  const { edge, shelf } = worker;
  if (message.kind === "exchange") return ratesOfTheDay(edge, shelf);
  const record = await changeLedger(edge, message);
  forgetHistory(edge);
  await showRate(worker);
  if (message.kind === "correct") await ringAt(FLUSH, edge.now() + SECOND_THOUGHTS_MS);
  return record;
}

/** Whatever changes the outbox waits until a batch that is on its way has its receipts. */
async function outbox(worker: Worker, message: OutboxMessage): Promise<unknown> {
  const { edge } = worker;
  switch (message.kind) {
    case "outbox":
      return outboxPage(edge, message.after);
    case "withdraw":
      return inTurn(FLUSH, () => withdraw(edge.database, message.ids));
    case "hold":
      await edge.settings.held.set(message.is_held);
      return flushNow(worker);
    case "withhold":
      return inTurn(FLUSH, () => withhold(edge, message.platform, message.is_withheld));
    case "country":
      return giveCountry(edge, message.country);
    case "export":
      return exported(edge, message.format);
    case "erase":
      return inTurn(FLUSH, () => erase(edge));
  }
}

/** Does what an alarm is for. */
export async function ring(worker: Worker, name: string): Promise<void> {
  if (name === TICK) await tick(worker);
  if (name === FLUSH) await flushNow(worker);
  if (name === SYNC) {
    await forget(worker.edge.database, worker.edge.now());
    await syncNow(worker);
  }
}

/** At every start of the worker: the browser may have lost alarms and registrations meanwhile. */
export async function wake(worker: Worker): Promise<void> {
  if ((await isFirstWake()) && (await isAgreed(worker.edge))) {
    await keep(worker.edge, { kind: "started", at: worker.edge.now() });
  }
  await ringEvery(SYNC, SYNC_MINUTES);
  await ringEvery(FLUSH, FLUSH_MINUTES);
  await register(worker);
  await tick(worker);
}

export async function welcome(): Promise<void> {
  await openPage("consent.html");
}

/** Content scripts where they are wanted and allowed; one change at a time. */
export async function register({ edge }: Worker): Promise<void> {
  const platforms = await edge.settings.platforms.get();
  await alone("register", () => reconcile(packs, platforms));
  if ((await edge.settings.consent.get()).sharing && !(await isSharingGranted())) await stopSharing(edge);
}

/** Sends what waits, unless somebody is at it; rings again when a rest is over. */
export async function flushNow({ edge }: Worker): Promise<void> {
  await alone(
    FLUSH,
    async () => {
      const again = await flush(edge);
      if (again === null) await ringEvery(FLUSH, FLUSH_MINUTES);
      else await ringAt(FLUSH, again);
    },
    true,
  );
}

/** The line is back, or the worker asks: a rest that only waited for the line is over. */
export async function backOnline(worker: Worker): Promise<void> {
  const pause = await worker.edge.settings.pause.get();
  if (pause?.problem === "unreachable") await worker.edge.settings.pause.set({ ...pause, until: 0 });
  await flushNow(worker);
}

export async function syncNow({ edge, shelf }: Worker): Promise<null> {
  const isAsked = (await edge.settings.consent.get()).sharing || (await edge.settings.fetches_rates.get());
  if (!isAsked) return null;
  const on = await edge.settings.platforms.get();
  const wanted = packs.map(({ slug }) => slug).filter((slug) => on[slug]);
  await alone("sync", () => sync(edge, shelf, wanted), true);
  return null;
}

type Timed = Extract<PageMessage, { kind: "claimed" | "ended" | "pulse" }>;

async function time(worker: Worker, message: Timed, tab: number): Promise<null> {
  const { edge } = worker;
  if (!(await isAgreed(edge))) return null;
  const newId = (claimed_at: number): string => timeOrderedId(claimed_at, edge.random(10));
  const { session, ended } = await keep(edge, eventOf(message, edge.now(), tab, newId));
  await after(worker, session, ended);
  return null;
}

async function tick(worker: Worker): Promise<void> {
  const { edge } = worker;
  if (!(await isAgreed(edge))) return;
  const idle = await isIdle(IDLE_SECONDS);
  const { session, ended } = await keep(edge, { kind: "tick", at: edge.now(), idle });
  await after(worker, session, ended);
}

/** The clock ticks only while something is timed; what ended is sent at once. */
async function after(worker: Worker, session: Session, ended: number): Promise<void> {
  if (session.attempts.length > 0) await ringEvery(TICK, TICK_MINUTES);
  else await silence(TICK);
  await showRate(worker);
  if (ended > 0) forgetHistory(worker.edge);
  if (ended > 0) await flushNow(worker);
}

async function outcomes(worker: Worker, message: Extract<PageMessage, { kind: "outcomes" }>): Promise<null> {
  if (!(await isAgreed(worker.edge))) return null;
  const changed = await keepOutcomes(worker.edge, message.platform, message.outcomes);
  if (changed > 0) forgetHistory(worker.edge);
  if (changed > 0) await flushNow(worker);
  return null;
}

async function unfit(
  { settings, now }: Edge,
  message: Extract<PageMessage, { kind: "unfit" }>,
): Promise<null> {
  if (packOf(message.platform) === undefined) return null;
  const { page, reason } = message;
  const known = await settings.unfit.get();
  await settings.unfit.set({ ...known, [message.platform]: { page, reason, on: dayOf(now()) } });
  return null;
}

/** A page that reads again takes back what was said of its site. */
async function fits({ settings }: Edge, platform: string): Promise<void> {
  const { [platform]: was, ...others } = await settings.unfit.get();
  if (was !== undefined) await settings.unfit.set(others);
}

async function consent(worker: Worker, agreed: { ledger: boolean; sharing: boolean }): Promise<null> {
  await worker.edge.settings.consent.set({ ledger: agreed.ledger, sharing: agreed.sharing });
  if (!agreed.sharing) await stopSharing(worker.edge);
  return null;
}

async function stopSharing({ settings, database }: Edge): Promise<void> {
  await settings.consent.set({ ...(await settings.consent.get()), sharing: false });
  await empty(database);
}

/** Without either switch nothing is timed and nothing is kept. */
async function isAgreed({ settings }: Edge): Promise<boolean> {
  const { ledger, sharing } = await settings.consent.get();
  return ledger || sharing;
}

async function showRate({ edge, shelf }: Worker): Promise<void> {
  const rate = await runningRate(edge, shelf);
  if (rate === null) return showOnToolbar("", text("extension_name"));
  const digits = rate < 10 ? 1 : 0; // four letters fit
  const number = new Intl.NumberFormat(language(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  const precise = new Intl.NumberFormat(language(), { style: "currency", currency: "USD" });
  await showOnToolbar(number.format(rate), text("toolbar_title", precise.format(rate)));
}
