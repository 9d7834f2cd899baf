/** What the background does at a message of the timer that the worker starts and stops by hand. One runs at a time. */

import { currentSession } from "../core/ledger/store";
import { begunByHand, OWN, taskOf } from "../core/manual/by_hand";
import type { ByHandMessage } from "../core/messages";
import { timeOrderedId } from "../core/outbox/id";
import { keep } from "../core/timer/apply_timer_event";
import type { Session, TimerEvent } from "../core/timer/session";
import type { TaskReading } from "../model/readings";
import { isIdle } from "../platform/browser";
import type { Edge } from "../platform/context";

const IDLE_SECONDS = 60; // estimator A; for the other timers
const MOST_RECENT = 30;
const LOOKED_AT = 300;

/** What the popup can fill its form with: the worker's last tasks, each once, the newest first. */
async function recentTasks({ database }: Edge): Promise<TaskReading[]> {
  const found = new Map<string, TaskReading>();
  let cursor = await database.transaction("records").store.index("by_ended").openCursor(null, "prev");
  for (let looked = 0; cursor !== null && looked < LOOKED_AT && found.size < MOST_RECENT; looked += 1) {
    const { task, is_own } = cursor.value;
    if (is_own && !found.has(task.task.title)) found.set(task.task.title, task);
    cursor = await cursor.continue();
  }
  return [...found.values()];
}

/** `after`: what follows whatever the timer takes. */
export async function answerByHand(
  edge: Edge,
  message: ByHandMessage,
  after: (session: Session, ended: number) => Promise<void>,
): Promise<TaskReading[] | boolean> {
  if (message.kind === "recent_tasks") return recentTasks(edge);
  const consent = await edge.settings.consent.get();
  const event = consent.ledger || consent.sharing ? await eventOf(edge, message) : null;
  if (event === null) return false;
  const { session, ended } = await keep(edge, event);
  await after(session, ended);
  return true;
}

async function eventOf(
  edge: Edge,
  message: Exclude<ByHandMessage, { kind: "recent_tasks" }>,
): Promise<TimerEvent | null> {
  const at = edge.now();
  const running = (await currentSession(edge.database)).attempts.find(({ by_hand }) => by_hand !== undefined);
  if (message.kind === "begin_by_hand") {
    const task = taskOf(message.said);
    if (task === null || running !== undefined) return null;
    await nameOwn(edge, task.platform, message.said.platform_name.trim());
    return { kind: "claimed", at, claim: begunByHand(task, timeOrderedId(at, edge.random(10)), at) };
  }
  if (running === undefined) return null;
  const { platform, attempt } = running;
  if (message.kind === "pause_by_hand") {
    return { kind: "by_hand", at, platform, attempt, by_hand: message.is_paused ? "paused" : "running" };
  }
  return { kind: "ended", at, source: -1, platform, attempt, ending: message.ending };
}

/** Brings the timer by hand up to now: no page beats for it, and the alarm rings too seldom to look at it. */
export async function settleByHand(edge: Edge): Promise<void> {
  const { attempts } = await currentSession(edge.database);
  if (!attempts.some(({ by_hand }) => by_hand === "running")) return;
  await keep(edge, { kind: "tick", at: edge.now(), idle: await isIdle(IDLE_SECONDS) });
}

/** A platform of the worker's own keeps the name that they gave it. */
async function nameOwn({ settings }: Edge, platform: string, name: string): Promise<void> {
  if (platform.startsWith(OWN)) {
    await settings.own_names.set({ ...(await settings.own_names.get()), [platform]: name.slice(0, 60) });
  }
}
