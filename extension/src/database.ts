/** What is kept in rows, on the device: one IndexedDB database, its stores and its one way to write. */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import type { LedgerRecord } from "./ledger/record";
import type { OutboxItem } from "./outbox/outbox";
import type { OverheadDay } from "./outbox/overheads";
import type { StoredSnapshot } from "./snapshot/shape";
import type { Session } from "./timer/session";

const NAME = "taskwage";
const VERSION = 1;
/** The timer's state is one row. */
export const CURRENT = "current";

export interface Rows extends DBSchema {
  sessions: { key: string; value: Session };
  records: {
    key: string;
    value: LedgerRecord;
    indexes: { by_attempt: [string, string]; by_ended: number };
  };
  outbox: { key: string; value: OutboxItem };
  overheads: { key: [string, string]; value: OverheadDay; indexes: { by_day: string } };
  snapshots: { key: string; value: StoredSnapshot };
}

export type Database = IDBPDatabase<Rows>;
/** A transaction over every store that one event of the timer may change. */
export type Writing = IDBPTransaction<Rows, StoreNames<Rows>[], "readwrite">;

export function openDatabase(name = NAME): Promise<Database> {
  return openDB<Rows>(name, VERSION, {
    upgrade(database) {
      database.createObjectStore("sessions");
      const records = database.createObjectStore("records", { keyPath: "id" });
      records.createIndex("by_attempt", ["platform", "attempt"]);
      records.createIndex("by_ended", "ended_at");
      database.createObjectStore("outbox", { keyPath: "id" });
      const overheads = database.createObjectStore("overheads", { keyPath: ["platform", "day"] });
      overheads.createIndex("by_day", "day");
      database.createObjectStore("snapshots", { keyPath: "platform" });
    },
  });
}

const WRITTEN: StoreNames<Rows>[] = ["sessions", "records", "outbox", "overheads"];

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
