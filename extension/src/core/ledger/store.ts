/** The worker's own records, read from the device. */

import type { RecordOutcome } from "../../model/readings";
import { CURRENT, type Database, strictly } from "../../platform/database";
import { EMPTY, type Session } from "../timer/session";
import type { LedgerRecord } from "./record";

/** After this, unpaid work counts as unpaid (estimator B says 30 days; some platforms pay monthly, in arrears). */
const FOLLOWED_MS = 60 * 86_400_000;
const SETTLED: ReadonlySet<RecordOutcome> = new Set([
  "paid",
  "rejected",
  "returned",
  "expired",
  "screened_out",
]);

/** The worker's own records of attempts that ended at `instant` or later, the oldest first. */
export async function recordsSince(database: Database, instant: number): Promise<LedgerRecord[]> {
  const records = await database.getAllFromIndex("records", "by_ended", IDBKeyRange.lowerBound(instant));
  return records.filter((record) => record.is_own);
}

/** Lets go of records the worker never wanted kept: their outcome is known, or will not be any more. */
export async function forget(database: Database, now: number): Promise<void> {
  await strictly(database, async (writing) => {
    const waiting = new Set(await writing.objectStore("outbox").getAllKeys());
    for (const record of await writing.objectStore("records").getAll()) {
      const isOver = SETTLED.has(record.outcome) || record.ended_at < now - FOLLOWED_MS;
      if (!record.is_own && isOver && !waiting.has(record.id)) {
        await writing.objectStore("records").delete(record.id);
      }
    }
  });
}

export async function currentSession(database: Database): Promise<Session> {
  return (await database.get("sessions", CURRENT)) ?? EMPTY;
}
