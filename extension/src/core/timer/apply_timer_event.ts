/** Puts every step of the timer on the disk, with all that comes out of it, in one transaction: nothing is half kept. */

import type { Edge } from "../../platform/context";
import { CURRENT, strictly, type Writing } from "../../platform/database";
import { recordedAs } from "../ledger/find_record";
import { putRecord } from "../ledger/keep";
import { type LedgerRecord, recordOf, reopened, resumed } from "../ledger/record";
import { type Agreement, agreement } from "../outbox/agreement";
import { enqueue } from "../outbox/outbox";
import { addSpent } from "../outbox/overheads";
import { dayOf } from "./hour";
import { type AttemptName, EMPTY, isSame, type Session, step, type TimerEvent } from "./session";

/** Takes one event; returns the session after it and how many attempts ended. */
export async function keep(edge: Edge, event: TimerEvent): Promise<{ session: Session; ended: number }> {
  const agreed = await agreement(edge.settings);
  return strictly(edge.database, async (writing) => {
    const kept = (await writing.objectStore("sessions").get(CURRENT)) ?? EMPTY;
    const before = await withReturned(writing, kept, event);
    const { session, ended, spent } = step(before, await withHistory(writing, event));
    await writing.objectStore("sessions").put(session, CURRENT);
    for (const one of ended) await keepRecord(writing, recordOf(one, agreed(one.platform)), agreed);
    for (const one of spent) {
      const { sharing } = agreed(one.platform);
      await addSpent(writing, one, dayOf(event.at), sharing, edge.random(10));
    }
    return { session, ended: ended.length };
  });
}

/** Keeps a record, and puts it in the outbox where it is shared. */
export async function keepRecord(writing: Writing, record: LedgerRecord, agreed: Agreement): Promise<void> {
  if (agreed(record.platform).sharing) await enqueue(writing, record);
  await putRecord(writing, record);
}

/** A claim of something that already ended is a page opened again; only what was taken for abandoned goes on. */
async function withHistory(writing: Writing, event: TimerEvent): Promise<TimerEvent> {
  if (event.kind !== "claimed") return event;
  const record = await recordedAs(writing, event.claim.platform, event.claim.attempt);
  if (record === undefined) return event;
  const claim = resumed(record, event.claim);
  return claim === null ? { kind: "tick", at: event.at, idle: false } : { ...event, claim };
}

/** Something taken for abandoned whose page beats or ends after all (the machine slept, the clock jumped) is open again. */
async function withReturned(writing: Writing, session: Session, event: TimerEvent): Promise<Session> {
  const named = namedBy(event);
  if (named === null || session.attempts.some((one) => isSame(one, named))) return session;
  const record = await recordedAs(writing, named.platform, named.attempt);
  const attempt = record?.end_imputed ? reopened(record, event.at) : null;
  return attempt === null ? session : { ...session, attempts: [...session.attempts, attempt] };
}

function namedBy(event: TimerEvent): AttemptName | null {
  if (event.kind === "pulse" && event.active && event.subject.kind === "task") return event.subject;
  if (event.kind !== "ended" || event.attempt === null) return null;
  return { platform: event.platform, attempt: event.attempt };
}
