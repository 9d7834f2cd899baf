/** What is to be sent and is not yet on the server: kept by id, on the disk, until a receipt comes. */

import {
  type AccountAction,
  type Health,
  MAX_BODY_BYTES,
  type Observation,
  type Overhead,
  type Receipt,
  type Sighting,
} from "../../generated/contract";
import type { Batch } from "../../platform/api";
import { type Database, strictly, type Writing } from "../../platform/database";
import type { LedgerRecord } from "../ledger/record";
import { observationOf } from "./observation";

/** A newer revision takes the place of an older one that still waits. */
export type OutboxItem = { id: string; revision: number } & (
  | { kind: "observation"; item: Observation }
  | { kind: "overhead"; item: Overhead }
  | { kind: "sighting"; item: Sighting }
  | { kind: "health"; item: Health }
  | { kind: "action"; item: AccountAction }
);

const KINDS = ["observation", "overhead", "sighting", "health", "action"] as const;
/** Room in a body for what is around the items. */
const ENVELOPE_BYTES = 100;

/** Puts what a record has to tell into the outbox; nothing when it is not to be shared. */
export async function enqueue(writing: Writing, record: LedgerRecord): Promise<void> {
  const item = observationOf(record);
  if (item === null) return;
  await writing
    .objectStore("outbox")
    .put({ id: item.id, revision: item.revision, kind: "observation", item });
}

/** The oldest items that fit into one request. */
export async function nextBatch(database: Database, most: number): Promise<OutboxItem[]> {
  const waiting = await database.getAll("outbox", null, most);
  let bytes = ENVELOPE_BYTES;
  const fits = waiting.findIndex(({ item }) => {
    bytes += new TextEncoder().encode(JSON.stringify(item)).length + 1;
    return bytes > MAX_BODY_BYTES;
  });
  return fits === -1 ? waiting : waiting.slice(0, Math.max(1, fits));
}

/** Observations first, then overheads, sightings, health and account actions: receipts come back in this order. */
export function inOrder(items: readonly OutboxItem[]): OutboxItem[] {
  const of = (kind: OutboxItem["kind"]): OutboxItem[] => items.filter((item) => item.kind === kind);
  return KINDS.flatMap(of);
}

export function bodyOf(items: readonly OutboxItem[]): Batch {
  const health = items.flatMap((one) => (one.kind === "health" ? [one.item] : []));
  const actions = items.flatMap((one) => (one.kind === "action" ? [one.item] : []));
  return {
    ...(health.length > 0 && { health }),
    ...(actions.length > 0 && { actions }),
    observations: items.flatMap((one) => (one.kind === "observation" ? [one.item] : [])),
    overheads: items.flatMap((one) => (one.kind === "overhead" ? [one.item] : [])),
    sightings: items.flatMap((one) => (one.kind === "sighting" ? [one.item] : [])),
  };
}

/** Lets go of everything that has its receipt, whatever it says, and of nothing else; a refusal is noted in the worker's own record. */
export async function settle(
  database: Database,
  sent: readonly OutboxItem[],
  receipts: readonly (Receipt | null)[],
): Promise<void> {
  await strictly(database, async (writing) => {
    for (const [place, item] of sent.entries()) {
      const receipt = receipts[place];
      if (receipt === undefined || receipt === null) continue;
      const waiting = await writing.objectStore("outbox").get(item.id);
      if (waiting?.revision === item.revision) await writing.objectStore("outbox").delete(item.id);
      if (receipt.status === "refused") await note(writing, item, receipt);
    }
  });
}

async function note(writing: Writing, item: OutboxItem, receipt: Receipt): Promise<void> {
  const record = await writing.objectStore("records").get(item.id);
  if (record === undefined || record.revision !== item.revision) return;
  const refusal = { reason: receipt.reason ?? "malformed", detail: receipt.detail ?? null };
  await writing.objectStore("records").put({ ...record, refusal });
}
