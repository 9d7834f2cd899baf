/** The one door by which a record is kept, changed or let go: its sums follow in the same transaction. */

import type { Edge } from "../../platform/context";
import { strictly, type Writing } from "../../platform/database";
import { forgetHistory } from "../history/recent";
import { followTallies } from "../history/tallies";
import type { LedgerMessage } from "../messages";
import { agreement } from "../outbox/agreement";
import { enqueue } from "../outbox/outbox";
import { dayOf } from "../timer/hour";
import { type Correction, corrected } from "./correction";
import type { LedgerRecord } from "./record";
import { follow } from "./sums";

export async function putRecord(writing: Writing, record: LedgerRecord): Promise<void> {
  const store = writing.objectStore("records");
  const before = await store.get(record.id);
  await follow(writing, before, record);
  await followTallies(writing, before, record);
  await store.put(record);
}

/** Does what the ledger page asks for; the record as it stands after a correction, else null. */
export async function changeLedger(
  edge: Edge,
  message: Exclude<LedgerMessage, { kind: "exchange" | "records_changed" }>,
): Promise<LedgerRecord | null> {
  if (message.kind === "correct") return correct(edge, message.id, message.correction);
  if (message.kind === "remove") await remove(edge, message.id);
  else await wipe(edge);
  return null;
}

/** Takes what the worker says of a record; null when there is no such record any more. */
export async function correct(edge: Edge, id: string, correction: Correction): Promise<LedgerRecord | null> {
  const agreed = await agreement(edge.settings);
  return strictly(edge.database, async (writing) => {
    const record = await writing.objectStore("records").get(id);
    if (record === undefined) return null;
    const news = corrected(record, correction, dayOf(edge.now()));
    if (news === record) return record;
    const looked =
      (await writing.objectStore("faults").get(id)) === undefined ? {} : { extension_version: edge.version };
    const kept = { ...news, ...looked }; // the worker has looked at it, and says what is right
    await writing.objectStore("faults").delete(id);
    if (agreed(kept.platform).sharing) await enqueue(writing, kept);
    await putRecord(writing, kept);
    return kept;
  });
}

/** Deletes a record, and what of it still waits to be sent. */
export async function deleteRecord(writing: Writing, record: LedgerRecord): Promise<void> {
  await follow(writing, record, null);
  await followTallies(writing, record, null);
  await writing.objectStore("records").delete(record.id);
  await writing.objectStore("outbox").delete(record.id);
  await writing.objectStore("faults").delete(record.id);
}

/** Lets go of one record, and of what of it still waits to be sent. */
export async function remove({ database, settings }: Edge, id: string): Promise<void> {
  const { [id]: _, ...others } = await settings.proposals.get();
  await settings.proposals.set(others);
  await strictly(database, async (writing) => {
    const record = await writing.objectStore("records").get(id);
    if (record !== undefined) await deleteRecord(writing, record);
    else await writing.objectStore("outbox").delete(id);
  });
}

/** Lets go of everything that was recorded or waits. What the worker agreed to, and who they are to the server, stays. */
export async function wipe({ database, settings }: Edge): Promise<void> {
  await settings.proposals.set({});
  await strictly(database, async (writing) => {
    for (const name of [
      "records",
      "sums",
      "tallies",
      "faults",
      "overheads",
      "accounts",
      "actions",
      "sessions",
      "outbox",
    ] as const) {
      await writing.objectStore(name).clear();
    }
  });
  forgetHistory(database);
}
