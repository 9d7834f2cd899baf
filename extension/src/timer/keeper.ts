/** Puts every step of the timer on the disk, with all that comes out of it, in one transaction: nothing is half kept. */

import { CURRENT, strictly, type Writing } from "../database";
import type { Edge } from "../edge";
import { decided, type LedgerRecord, recordOf, resumed } from "../ledger/record";
import { enqueue } from "../outbox/outbox";
import { addSpent } from "../outbox/overheads";
import type { LaterOutcome } from "../readings";
import type { Consent } from "../storage";
import { dayOf } from "./hour";
import { EMPTY, type Ended, type Session, step, type TimerEvent } from "./session";

/** Takes one event; returns the session after it and how many attempts ended. */
export async function keep(edge: Edge, event: TimerEvent): Promise<{ session: Session; ended: number }> {
  const consent = await edge.settings.consent.get();
  return strictly(edge.database, async (writing) => {
    const before = (await writing.objectStore("sessions").get(CURRENT)) ?? EMPTY;
    const { session, ended, spent } = step(before, await withHistory(writing, event));
    await writing.objectStore("sessions").put(session, CURRENT);
    for (const one of ended) await keepRecord(writing, recordOf(one, consent), consent.sharing);
    for (const one of spent) await addSpent(writing, one, dayOf(event.at), consent.sharing, edge.random(10));
    return { session, ended: ended.length };
  });
}

/** Takes what a status page says about earlier attempts; returns how many records changed. */
export async function keepOutcomes(edge: Edge, platform: string, outcomes: LaterOutcome[]): Promise<number> {
  const consent = await edge.settings.consent.get();
  const today = dayOf(edge.now());
  return strictly(edge.database, async (writing) => {
    let changed = 0;
    for (const later of outcomes) {
      const record =
        (await recordedAs(writing, platform, later.attempt)) ??
        (await unseenEnd(writing, platform, later, consent));
      const news = record && decided(record, later, today);
      if (!news || news === record) continue;
      await keepRecord(writing, news, consent.sharing);
      changed += 1;
    }
    return changed;
  });
}

async function keepRecord(writing: Writing, record: LedgerRecord, sharing: boolean): Promise<void> {
  if (sharing) await enqueue(writing, record);
  await writing.objectStore("records").put(record);
}

function recordedAs(writing: Writing, platform: string, attempt: string): Promise<LedgerRecord | undefined> {
  return writing.objectStore("records").index("by_attempt").get([platform, attempt]);
}

/** A claim of something that already ended is a page opened again; only what was taken for abandoned goes on. */
async function withHistory(writing: Writing, event: TimerEvent): Promise<TimerEvent> {
  if (event.kind !== "claimed") return event;
  const record = await recordedAs(writing, event.claim.platform, event.claim.attempt);
  if (record === undefined) return event;
  const claim = resumed(record, event.claim);
  return claim === null ? { kind: "tick", at: event.at, idle: false } : { ...event, claim };
}

/** A status page decides on something that is still being timed: its end was not seen. */
async function unseenEnd(
  writing: Writing,
  platform: string,
  later: LaterOutcome,
  consent: Consent,
): Promise<LedgerRecord | null> {
  const session = (await writing.objectStore("sessions").get(CURRENT)) ?? EMPTY;
  const open = session.attempts.find((one) => one.platform === platform && one.attempt === later.attempt);
  if (open === undefined) return null;
  const attempts = session.attempts.filter((one) => one !== open);
  await writing.objectStore("sessions").put({ ...session, attempts }, CURRENT);
  const over: Ended = { ...open, ending: "submitted", ended_at: open.seen_at, end_imputed: true };
  return recordOf(over, consent);
}
