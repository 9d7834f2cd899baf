/** What the background does at each message, alarm and start. `background.ts` wires it to the browser. */

import { keepAction, removeAction } from "../core/account_actions/keep";
import { countHealth, forgetHealth } from "../core/capture_health/keep";
import { forgetHistory } from "../core/history/recent";
import { changeLedger } from "../core/ledger/keep";
import { confirmSaid, mend } from "../core/ledger/mend";
import { currentSession, forget, recordsSince } from "../core/ledger/store";
import { sitesWithoutEnds, UNSEEN_MS } from "../core/ledger/unseen_ends";
import { forgetSightings, keepGlance } from "../core/listing_stats/keep";
import type { LedgerMessage, Message, OutboxMessage, PageMessage, TeachMessage } from "../core/messages";
import { empty, outboxPage, withdraw, withhold } from "../core/outbox/controls";
import { flush } from "../core/outbox/flush";
import { erase, exported, giveCountry } from "../core/outbox/rights";
import { bundled, packFor, packsNow } from "../core/packs/packs";
import { syncUpdates } from "../core/packs/sync_updates";
import { type Shelf, sync } from "../core/snapshot/sync";
import { keepStatement } from "../core/statement/keep";
import { type SettleMessage, settle } from "../core/tap/settle";
import { tapped } from "../core/tap/switch";
import { teachingHost } from "../core/teach/keep";
import { type Kept, keep } from "../core/timer/apply_timer_event";
import { keepOutcomes } from "../core/timer/outcomes";
import { isSame, type Session } from "../core/timer/session";
import type { BeatAnswer } from "../model/readings";
import {
  alone,
  inTurn,
  isFirstWake,
  isIdle,
  isSharingGranted,
  openPage,
  ringAt,
  ringEvery,
  type Sender,
  silence,
} from "../platform/browser";
import type { Edge } from "../platform/context";
import { type ClaimMessage, keepTold, remember, type Timed } from "./claims";
import { ratesOfTheDay, renewExchange } from "./exchange";
import { fits, unfit } from "./fitness";
import { admitted, isAgreed } from "./guard";
import { answerListing } from "./listing";
import { answerByHand } from "./manual";
import { renewPaces } from "./paces";
import { reconcile } from "./sites";
import { inFront } from "./tabs";
import { endTask } from "./tasks";
import { answerTeaching } from "./teach";
import { today } from "./today";
import { showDay, showSession } from "./toolbar";

export const TICK = "tick";
export const FLUSH = "flush";
export const SYNC = "sync";
const TICK_MINUTES = 0.5; // the shortest the browser allows
const FLUSH_MINUTES = 15; // a line that came back without saying so
const SYNC_MINUTES = 180; // releases are weekly; the answer is nearly always "unchanged"
const IDLE_SECONDS = 60; // estimator A
const LONG_IDLE_SECONDS = 300; // where sound can be heard, or the worker says that they still work
const SECOND_THOUGHTS_MS = 30_000; // a correction may be corrected at once: then one revision goes, not two

/** The worker's life: the world, the snapshots at hand, and in which tabs the worker clicked last. */
export interface Worker {
  edge: Edge;
  shelf: Shelf;
  clicks: Map<number, number>;
}

/** Answers one message. A site's page may not ask what only our own pages may. */
export async function answer(worker: Worker, message: Message, sender: Sender): Promise<unknown> {
  if (!(await admitted(worker.edge, message, sender))) return null;
  switch (message.kind) {
    case "pack":
      return packFor(worker.edge, sender.address);
    case "lookup":
      if (message.rows.length > 0) await fits(worker.edge, message.platform, "listing");
      return answerListing(worker.edge, worker.shelf, message, sender.tab);
    case "claimed":
    case "ended":
    case "held":
    case "pulse":
      return time(worker, message, sender);
    case "clicked":
      worker.clicks.set(sender.tab, worker.edge.now());
      return null;
    case "opened":
    case "seen":
      return remember(worker.edge, message, sender.tab);
    case "glance":
      return keepGlance(worker.edge, message);
    case "outcomes":
      await fits(worker.edge, message.platform, "status");
      return inTurn("outcomes", () => outcomes(worker, message));
    case "statement":
      return inTurn("outcomes", () => keepStatement(worker.edge, message.platform, message.statement));
    case "capture": {
      const { platform, expected, matched } = message;
      return countHealth(worker.edge, platform, { expected_rows: expected, read_rows: matched });
    }
    case "unfit":
      await countHealth(worker.edge, message.platform, { changed_pages: 1 });
      return unfit(worker.edge, message);
    case "posted":
    case "mark":
    case "note":
    case "chime":
    case "chimed":
      return answerListing(worker.edge, worker.shelf, message, sender.tab);
    case "fetch_rates":
      await worker.edge.settings.fetches_rates.set(true);
      return syncNow(worker);
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
    case "records_changed":
    case "settle":
      return ledger(worker, message);
    case "account_action": {
      const { edge, shelf } = worker;
      await keepAction(edge, message.said, await ratesOfTheDay(edge, shelf));
      await flushNow(worker);
      return null;
    }
    case "remove_action":
      return inTurn(FLUSH, () => removeAction(worker.edge, message.id));
    case "send_shape":
      return (await worker.edge.server.reportShape(message.report)).kind === "yes";
    case "mend": {
      const record = await mend(worker.edge, message);
      await showDay(worker.edge, worker.shelf);
      await flushNow(worker);
      return record;
    }
    case "task_end": {
      const kept = await inTurn("timer", () => endTask(worker.edge, message));
      if (kept !== null) await after(worker, kept.session, kept.ended);
      return kept !== null;
    }
    case "begin_by_hand":
    case "pause_by_hand":
    case "end_by_hand":
    case "recent_tasks":
      return answerByHand(worker.edge, message, (...told) => after(worker, ...told));
    case "teach":
    case "forget_taught":
    case "taught":
    case "untaught":
    case "taught_settings":
      return teaching(worker, message);
    default:
      return outbox(worker, message);
  }
}

/** What the worker changes in their own records shows at once, and is told where it was shared. */
async function ledger(worker: Worker, message: LedgerMessage | SettleMessage): Promise<unknown> {
  const { edge, shelf } = worker;
  if (message.kind === "exchange") return ratesOfTheDay(edge, shelf);
  if (message.kind === "records_changed") {
    forgetHistory(edge.database);
    await showDay(edge, shelf);
    return null;
  }
  if (message.kind === "wipe") await edge.settings.statements.set({});
  const record = message.kind === "settle" ? await settle(edge, message) : await changeLedger(edge, message);
  await showDay(edge, shelf);
  if (message.kind === "correct" || message.kind === "settle")
    await ringAt(FLUSH, edge.now() + SECOND_THOUGHTS_MS);
  return record;
}

/** Where scripts run follows from what is taught. */
async function teaching(worker: Worker, message: TeachMessage): Promise<string | null> {
  const answered = await answerTeaching(worker.edge, message);
  await register(worker);
  return answered;
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
  if (name === FLUSH) {
    await flushNow(worker);
    await renewPaces(worker.edge, worker.shelf);
  }
  if (name === SYNC) {
    await forget(worker.edge.database, worker.edge.now());
    await confirmSaid(worker.edge);
    const lately = await recordsSince(worker.edge.database, worker.edge.now() - UNSEEN_MS);
    await worker.edge.settings.unseen_ends.set(sitesWithoutEnds(lately));
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
  const { settings } = edge;
  const [taps, host] = [await tapped(settings), await teachingHost(settings)];
  await alone("register", async () => reconcile(await packsNow(edge), platforms, taps, host));
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
  const wanted = bundled.map(({ slug }) => slug).filter((slug) => on[slug]);
  const both = async (): Promise<void> => {
    await sync(edge, shelf, wanted);
    await renewExchange(edge, shelf);
    await renewPaces(edge, shelf, true);
    await showDay(edge, shelf);
    if (wanted.length > 0) await syncUpdates(edge, bundled);
  };
  await alone("sync", both, true);
  return null;
}

async function time(worker: Worker, message: ClaimMessage | Timed, sender: Sender): Promise<BeatAnswer> {
  const heard = message.kind === "pulse" ? await ofPresentWorker(worker.edge, message, sender) : message;
  const kept = await orSay(worker.edge, () =>
    inTurn("timer", () => keepTold(worker.edge, heard, sender.tab)),
  );
  if (kept === null) return null;
  await after(worker, kept.session, kept.ended);
  return kept.answer;
}

/** A disk that takes nothing any more loses time: the worker is told, until it takes something again. */
async function orSay<T>({ settings }: Edge, write: () => Promise<T>): Promise<T> {
  try {
    const written = await write();
    if (await settings.storage_failed.get()) await settings.storage_failed.set(false);
    return written;
  } catch (failure) {
    if (failure instanceof DOMException) await settings.storage_failed.set(true);
    throw failure;
  }
}

type Pulse = Extract<Timed, { kind: "pulse" }>;

/** Input to a frame of another site is hidden from the page; the system knows whether there was any. */
async function ofPresentWorker(edge: Edge, pulse: Pulse, { is_audible }: Sender): Promise<Pulse> {
  if (!pulse.active || !pulse.in_frame) return pulse;
  const { subject } = pulse;
  const { attempts } = await currentSession(edge.database);
  const isConfirmed =
    subject.kind === "task" && attempts.find((one) => isSame(one, subject))?.is_confirmed === true;
  const seconds = is_audible || isConfirmed ? LONG_IDLE_SECONDS : IDLE_SECONDS;
  return (await isIdle(seconds)) ? { ...pulse, active: false, idle: true } : pulse;
}

/** The browser says something of its tabs; it matters only while a task is open. */
export async function tabs(worker: Worker, change: (edge: Edge) => Promise<Kept | null>): Promise<void> {
  const { edge } = worker;
  if ((await currentSession(edge.database)).attempts.length === 0) return;
  const kept = await inTurn("timer", () => change(edge));
  if (kept !== null) await after(worker, kept.session, kept.ended);
}

async function tick(worker: Worker): Promise<void> {
  const { edge } = worker;
  if (!(await isAgreed(edge))) return;
  const [idle, front] = await Promise.all([isIdle(IDLE_SECONDS), inFront()]);
  const tick = { kind: "tick" as const, at: edge.now(), idle, front };
  const { session, ended } = await inTurn("timer", () => keep(edge, tick));
  await after(worker, session, ended);
}

/** The clock ticks only while something is timed; what ended is sent at once. */
async function after(worker: Worker, session: Session, ended: number): Promise<void> {
  if (session.attempts.length > 0) await ringEvery(TICK, TICK_MINUTES);
  else await silence(TICK);
  if (ended > 0) await showDay(worker.edge, worker.shelf);
  else await showSession(worker.edge, worker.shelf, session);
  if (ended > 0) await flushNow(worker);
}

async function outcomes(worker: Worker, message: Extract<PageMessage, { kind: "outcomes" }>): Promise<null> {
  if (!(await isAgreed(worker.edge))) return null;
  const changed = await keepOutcomes(worker.edge, message.platform, message.outcomes);
  if (changed === 0) return null;
  await showDay(worker.edge, worker.shelf);
  await flushNow(worker);
  return null;
}

async function consent(worker: Worker, agreed: { ledger: boolean; sharing: boolean }): Promise<null> {
  await worker.edge.settings.consent.set({ ledger: agreed.ledger, sharing: agreed.sharing });
  if (!agreed.sharing) await stopSharing(worker.edge);
  return null;
}

async function stopSharing(edge: Edge): Promise<void> {
  await edge.settings.consent.set({ ...(await edge.settings.consent.get()), sharing: false });
  await forgetHealth(edge);
  await forgetSightings(edge); // first: a day on its way into the outbox is waited for, and emptied with it
  await empty(edge.database);
}
