/** What the background does at each message, alarm and start. `background.ts` wires it to the browser. */

import {
  alone,
  isIdle,
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
import { forget } from "./ledger/store";
import { type Message, PANEL_KINDS, type PageMessage } from "./messages";
import { flush } from "./outbox/flush";
import { timeOrderedId } from "./outbox/id";
import { empty } from "./outbox/outbox";
import { packOf, packs } from "./packs";
import { reconcile } from "./sites";
import { lookup } from "./snapshot/lookup";
import { type Shelf, snapshotOf, sync } from "./snapshot/sync";
import { eventOf } from "./timer/beat";
import { dayOf } from "./timer/hour";
import { keep, keepOutcomes } from "./timer/keeper";
import type { Session } from "./timer/session";
import { runningRate, today } from "./today";

export const TICK = "tick";
export const FLUSH = "flush";
export const SYNC = "sync";
const TICK_MINUTES = 0.5; // the shortest the browser allows
const FLUSH_MINUTES = 15; // a line that came back without saying so
const SYNC_MINUTES = 180; // releases are weekly; the answer is nearly always "unchanged"
const IDLE_SECONDS = 60; // estimator A

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
      return { rates: await rates(worker, message) };
    case "claimed":
    case "ended":
    case "pulse":
      return time(worker, message, sender.tab);
    case "outcomes":
      return outcomes(worker, message);
    case "unfit":
      return unfit(worker.edge, message);
    case "today":
      return today(worker.edge, worker.shelf);
    case "sync":
      await backOnline(worker);
      return syncNow(worker);
    case "consent":
      return consent(worker, message);
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
}

/** Sends what waits, unless somebody is at it; rings again when a rest is over. */
export async function flushNow({ edge }: Worker): Promise<void> {
  await alone(
    "flush",
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
  const on = await edge.settings.platforms.get();
  const wanted = packs.map(({ slug }) => slug).filter((slug) => on[slug]);
  await alone("sync", () => sync(edge, shelf, wanted), true);
  return null;
}

async function rates({ edge, shelf }: Worker, message: Extract<PageMessage, { kind: "lookup" }>) {
  const snapshot = await snapshotOf(edge, shelf, message.platform);
  await fits(edge, message.platform);
  return message.rows.map((row) => lookup(snapshot, row));
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
  if (ended > 0) await flushNow(worker);
}

async function outcomes(worker: Worker, message: Extract<PageMessage, { kind: "outcomes" }>): Promise<null> {
  if (!(await isAgreed(worker.edge))) return null;
  const changed = await keepOutcomes(worker.edge, message.platform, message.outcomes);
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
  const { settings, database } = worker.edge;
  await settings.consent.set({ ledger: agreed.ledger, sharing: agreed.sharing });
  if (!agreed.sharing) await empty(database);
  return null;
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
