/** From what pages say of claims to timer events: tasks are completed from their listing, and ends that follow are added. */

import { before, goneFrom, type Inferred } from "../core/claims/inferred";
import { completed, type Memory, withHeld, withOpened, withRows } from "../core/claims/memory";
import { currentSession } from "../core/ledger/store";
import type { PageMessage } from "../core/messages";
import { timeOrderedId } from "../core/outbox/id";
import { packsNow } from "../core/packs/packs";
import { type Kept, keep } from "../core/timer/apply_timer_event";
import { eventOf, type SiteRules } from "../core/timer/beat";
import { inTurn } from "../platform/browser";
import type { Edge } from "../platform/context";
import { fits } from "./fitness";

export type ClaimMessage = Extract<PageMessage, { kind: "claimed" | "held" }>;
export type MemoryMessage = Extract<PageMessage, { kind: "seen" | "opened" }>;
/** What the timer takes. */
export type Timed = Extract<PageMessage, { kind: "claimed" | "ended" | "pulse" }>;

/** Takes note of rows and of the task that is open in a tab. */
export async function remember({ settings }: Edge, message: MemoryMessage, tab: number): Promise<null> {
  const { platform } = message;
  const changed = (memory: Memory): Memory =>
    message.kind === "seen"
      ? withRows(memory, platform, message.rows)
      : withOpened(memory, { tab, platform, task: message.task });
  await inTurn("memory", async () => settings.memory.set(changed(await settings.memory.get())));
  return null;
}

/** Keeps what follows from a message, in its order; the caller takes one message after the other. */
export async function keepTold(edge: Edge, message: ClaimMessage | Timed, tab: number): Promise<Kept | null> {
  if (message.kind === "claimed") await fits(edge, message.task.platform, "work");
  if (message.kind === "held") await fits(edge, message.platform, "held");
  const newId = (claimed_at: number): string => timeOrderedId(claimed_at, edge.random(10));
  let last = null as Kept | null;
  for (const timed of await timedBy(edge, message, tab)) {
    const kept = await keep(edge, eventOf(timed, edge.now(), tab, newId, await rulesOf(edge, timed)));
    last = { ...kept, ended: kept.ended + (last?.ended ?? 0) };
  }
  return last;
}

const NO_RULES: SiteRules = { holds: "many", attempt_is: "attempt" };

/** Beats are many, and no rule of the site changes what they mean. */
async function rulesOf(edge: Edge, message: Timed): Promise<SiteRules> {
  if (message.kind === "pulse") return NO_RULES;
  const platform = message.kind === "claimed" ? message.task.platform : message.platform;
  return (await packsNow(edge)).find(({ slug }) => slug === platform) ?? NO_RULES;
}

/** The timer's messages that follow from one, in their order. */
export async function timedBy(
  edge: Edge,
  message: ClaimMessage | Timed,
  tab: number,
): Promise<readonly Timed[]> {
  if (message.kind === "claimed") return claimed(edge, message, tab);
  return message.kind === "held" ? held(edge, message) : [message];
}

async function claimed(
  edge: Edge,
  message: Extract<Timed, { kind: "claimed" }>,
  tab: number,
): Promise<Timed[]> {
  const memory = await inTurn("memory", () => edge.settings.memory.get()); // what was just told is in it
  const task = completed(memory, { ...message, tab });
  if (task === null) return [];
  const claim = { ...message, task };
  const last = before(await currentSession(edge.database), claim, tab, edge.now());
  return last === null ? [claim] : [endOf(last, task.platform), claim];
}

async function held(edge: Edge, message: Extract<PageMessage, { kind: "held" }>): Promise<Timed[]> {
  const { platform, attempts } = message;
  const { settings } = edge;
  return inTurn("memory", async () => {
    const memory = await settings.memory.get();
    const session = await currentSession(edge.database);
    const gone = goneFrom(session, message, memory.held[platform] ?? [], edge.now());
    await settings.memory.set(withHeld(memory, platform, attempts));
    return gone.map((one) => endOf(one, platform));
  });
}

function endOf({ attempt, ending }: Inferred, platform: string): Timed {
  return { kind: "ended", platform, attempt, ending };
}
