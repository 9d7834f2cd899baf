/** Puts every step of the timer on the disk, with all that comes out of it, in one transaction: nothing is half kept. */

import { type BeatAnswer, MADE_NAME } from "../../model/readings";
import type { Edge } from "../../platform/context";
import { CURRENT, strictly, type Writing } from "../../platform/database";
import { recordedAs } from "../ledger/find_record";
import { putRecord } from "../ledger/keep";
import { type LedgerRecord, recordOf, reopened, resumed } from "../ledger/record";
import { type Agreement, agreement } from "../outbox/agreement";
import { enqueue } from "../outbox/outbox";
import { addSpent } from "../outbox/overheads";
import { dayOf } from "./hour";
import {
  type Attempt,
  type AttemptName,
  EMPTY,
  isSame,
  type Session,
  step,
  type TimerEvent,
} from "./session";

/** What came of an event. */
export interface Kept {
  session: Session;
  /** How many attempts ended. */
  ended: number;
  /** What the page must know whose beat names an attempt that is not open. */
  answer: BeatAnswer;
}

/** Takes one event. */
export async function keep(edge: Edge, event: TimerEvent): Promise<Kept> {
  const agreed = await agreement(edge.settings);
  return strictly(edge.database, async (writing) => {
    const kept = (await writing.objectStore("sessions").get(CURRENT)) ?? EMPTY;
    const before = await withReturned(writing, kept, event);
    const { session, ended, spent } = step(before, await withHistory(writing, event));
    await writing.objectStore("sessions").put(session, CURRENT);
    for (const one of ended)
      await keepRecord(writing, recordOf(one, agreed(one.platform), edge.version), agreed);
    for (const one of spent) {
      const { sharing } = agreed(one.platform);
      await addSpent(writing, one, dayOf(event.at), sharing, edge.random(10));
    }
    return { session, ended: ended.length, answer: await answerTo(writing, session, event) };
  });
}

/** A beat of an attempt that nobody told of is to claim again; one of an attempt that is over is to stop. */
async function answerTo(writing: Writing, session: Session, event: TimerEvent): Promise<BeatAnswer> {
  if (event.kind !== "pulse" || event.subject.kind !== "task") return null;
  const { subject } = event;
  if (session.attempts.some((one) => isSame(one, subject))) return null;
  return (await recordedAs(writing, subject.platform, subject.attempt)) === undefined ? "claim" : "over";
}

/** Keeps a record, and puts it in the outbox where it is shared. */
export async function keepRecord(writing: Writing, record: LedgerRecord, agreed: Agreement): Promise<void> {
  if (agreed(record.platform).sharing) await enqueue(writing, record);
  await putRecord(writing, record);
}

/** A claim of something that already ended is a page opened again; only what was not seen to end goes on. */
async function withHistory(writing: Writing, event: TimerEvent): Promise<TimerEvent> {
  if (event.kind !== "claimed") return event;
  const record = await recordedAs(writing, event.claim.platform, event.claim.attempt);
  if (record === undefined) return event;
  const claim = resumed(record, event.claim);
  if (claim !== null) return { ...event, claim };
  const isEcho = event.is_arrival !== true && event.at - record.ended_at <= ECHO_MS;
  return mayComeAgain(event.claim) && !isEcho ? event : { kind: "tick", at: event.at, idle: false };
}

/** A page may draw itself again, and so repeat what just ended. The worker who comes to it again claims it again. */
const ECHO_MS = 3_000;

function mayComeAgain({ names, attempt }: Attempt): boolean {
  return names === "task" || attempt.startsWith(MADE_NAME);
}

/** Something not seen to end whose page beats or ends after all (the machine slept, the clock jumped) is open again. */
async function withReturned(writing: Writing, session: Session, event: TimerEvent): Promise<Session> {
  const named = namedBy(event);
  if (named === null || session.attempts.some((one) => isSame(one, named))) return session;
  const record = await recordedAs(writing, named.platform, named.attempt);
  const isOver = record?.is_superseded && event.kind === "pulse"; // a page left open, of a claim before the last
  const attempt = record?.end_imputed && !isOver ? reopened(record, event.at) : null;
  return attempt === null ? session : { ...session, attempts: [...session.attempts, attempt] };
}

function namedBy(event: TimerEvent): AttemptName | null {
  if (event.kind === "pulse" && event.active && event.subject.kind === "task") return event.subject;
  if (event.kind !== "ended" || event.attempt === null) return null;
  return { platform: event.platform, attempt: event.attempt };
}
