/** What is kept in rows, on the device: one IndexedDB database, its stores and its one way to write. */

import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB, type StoreNames } from "idb";
import type { ClosedAccount } from "../core/ledger/account";
import type { Fault } from "../core/ledger/faults";
import type { LedgerRecord } from "../core/ledger/record";
import type { Grain, Sum, SumKey } from "../core/ledger/sums";
import type { OutboxItem } from "../core/outbox/outbox";
import type { OverheadDay } from "../core/outbox/overheads";
import type { StoredSnapshot } from "../core/snapshot/shape";
import type { Session } from "../core/timer/session";
import type { KeptAction } from "../model/account_action";
import type { Tally } from "../model/tally";

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
  actions: { key: string; value: KeptAction };
  outbox: { key: string; value: OutboxItem };
  tallies: { key: string; value: Tally };
  /** Records of earlier versions that look wrong, until the worker has looked at them. */
  faults: { key: string; value: Fault };
  overheads: { key: [string, string]; value: OverheadDay; indexes: { by_day: string } };
  snapshots: { key: string; value: StoredSnapshot };
}

export type Database = IDBPDatabase<Rows>;
/** A transaction over every store that one event of the timer may change. */
export type Writing = IDBPTransaction<Rows, StoreNames<Rows>[], "readwrite">;

export type Changing = IDBPTransaction<Rows, StoreNames<Rows>[], "versionchange">;

/** What brings a database of an older version to the one above it; the first one starts from nothing. */
export type Upgrade = (database: Database, changing: Changing) => void | Promise<void>;

/** Open the database; `upgrades` are run from the version that is on the disk on, in their order. */
export function openVersioned(
  name: string,
  upgrades: readonly Upgrade[],
  gone: () => void = () => undefined,
): Promise<Database> {
  return openDB<Rows>(name, upgrades.length, {
    terminated: gone,
    blocking(_version, _blocked, event) {
      (event.target as IDBDatabase).close(); // a newer version of the extension waits for it
      gone();
    },
    async upgrade(database, before, _after, changing) {
      for (const upgrade of upgrades.slice(before)) await upgrade(database, changing);
    },
  });
}

const WRITTEN: StoreNames<Rows>[] = [
  "sessions",
  "records",
  "sums",
  "tallies",
  "faults",
  "accounts",
  "actions",
  "outbox",
  "overheads",
];

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
