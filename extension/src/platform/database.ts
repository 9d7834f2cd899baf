/** What is kept in rows, on the device: one IndexedDB database, its stores and its one way to write. */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import type { ClosedAccount } from "../core/ledger/account";
import type { LedgerRecord } from "../core/ledger/record";
import { followAll, type Grain, type Sum, type SumKey } from "../core/ledger/sums";
import type { OutboxItem } from "../core/outbox/outbox";
import type { OverheadDay } from "../core/outbox/overheads";
import { clientName } from "../core/snapshot/keys";
import type { StoredSnapshot } from "../core/snapshot/shape";
import { dayOf } from "../core/timer/hour";
import { EMPTY, type Session } from "../core/timer/session";

const NAME = "taskwage";
const VERSION = 2;
/** The timer's state is one row. */
export const CURRENT = "current";

export interface Rows extends DBSchema {
  sessions: { key: string; value: Session };
  records: {
    key: string;
    value: LedgerRecord;
    indexes: {
      by_attempt: [string, string];
      by_ended: number;
      by_standing: [string, string, number];
    };
  };
  sums: { key: SumKey; value: Sum; indexes: { by_stretch: [Grain, string] } };
  accounts: { key: string; value: ClosedAccount };
  outbox: { key: string; value: OutboxItem };
  overheads: { key: [string, string]; value: OverheadDay; indexes: { by_day: string } };
  snapshots: { key: string; value: StoredSnapshot };
}

export type Database = IDBPDatabase<Rows>;
/** A transaction over every store that one event of the timer may change. */
export type Writing = IDBPTransaction<Rows, StoreNames<Rows>[], "readwrite">;

type Changing = IDBPTransaction<Rows, StoreNames<Rows>[], "versionchange">;

export function openDatabase(name = NAME): Promise<Database> {
  return openDB<Rows>(name, VERSION, {
    async upgrade(database, before, _after, changing) {
      if (before < 1) begin(database);
      if (before < 2) await addSums(database, changing);
    },
  });
}

function begin(database: Database): void {
  database.createObjectStore("sessions");
  const records = database.createObjectStore("records", { keyPath: "id" });
  records.createIndex("by_attempt", ["platform", "attempt"]);
  records.createIndex("by_ended", "ended_at");
  database.createObjectStore("outbox", { keyPath: "id" });
  const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
  overheads.createIndex("by_day", "day");
  database.createObjectStore("snapshots", { keyPath: "platform" });
}

/** Version 2: records know their day and client, days and months have sums, accounts may be closed. */
async function addSums(database: Database, changing: Changing): Promise<void> {
  const records = changing.objectStore("records");
  records.createIndex("by_standing", ["client_key", "outcome", "ended_at"]);
  const sums = database.createObjectStore("sums", {
    keyPath: ["platform", "client_key", "grain", "stretch"],
  });
  sums.createIndex("by_stretch", ["grain", "stretch"]);
  database.createObjectStore("accounts", { keyPath: "platform" });
  const kept = (await records.getAll()).map((record) => ({
    ...record,
    client_key: clientName(record.task),
    works: "here" as const,
    day: dayOf(record.ended_at),
    corrected_seconds: null,
    overruled: null,
  }));
  for (const record of kept) await records.put(record);
  await followAll(changing.objectStore("sums"), kept);
  const session = await changing.objectStore("sessions").get(CURRENT);
  if (session !== undefined) {
    await changing.objectStore("sessions").put({ ...EMPTY, ...session, focus: null }, CURRENT);
  }
}

const WRITTEN: StoreNames<Rows>[] = ["sessions", "records", "sums", "accounts", "outbox", "overheads"];

/**
 * All or nothing, and on the disk before it returns: a killed worker or a power cut loses no part of `write`.
 * Transactions wait for each other, so whatever `write` reads still holds when it writes.
 */
export async function strictly<T>(database: Database, write: (writing: Writing) => Promise<T>): Promise<T> {
  const writing = database.transaction(WRITTEN, "readwrite", { durability: "strict" });
  try {
    const result = await write(writing);
    await writing.done;
    return result;
  } catch (failure) {
    writing.done.catch(() => undefined); // it is this failure that counts, not the abort it brings
    try {
      writing.abort();
    } catch {
      // already over
    }
    throw failure;
  }
}
