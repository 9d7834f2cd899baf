/** The whole ledger as one JSON file, written and read in slices, so that a hundred thousand records need no memory of their own. */

import { type Database, strictly } from "../../platform/database";
import { addTallies } from "../history/tallies";
import type { OverheadDay } from "../outbox/overheads";
import type { ClosedAccount } from "./account";
import { faultsOf, upToDate } from "./faults";
import { putRecord } from "./keep";
import { accountIn, actionIn, overheadIn, recordIn } from "./parse_backup";
import type { LedgerRecord } from "./record";
import { eachSlice } from "./slices";
import { followAll } from "./sums";

const VERSION = 1;
/** Records a transaction: long enough to be quick, short enough that the timer never waits for long. */
const RESTORED_AT_ONCE = 1_000;

/** What a file brought. */
export interface Restored {
  added: number;
  /** Known here in an older revision. */
  updated: number;
  /** Known here already. */
  kept: number;
  /** No records of ours: left out. */
  unread: number;
}

/** The file's text, in pieces. `contributor_id`: under whose name its records were shared, if they were. */
export async function archived(
  database: Database,
  exported_on: string,
  contributor_id: string | null,
): Promise<string[]> {
  const about = { taskwage_ledger: VERSION, exported_on, contributor_id };
  const pieces = [`${JSON.stringify(about).slice(0, -1)},"records":[`];
  await eachSlice(database, (records) => {
    const own = records.filter(({ is_own }) => is_own).map((record) => JSON.stringify(record));
    if (own.length > 0) pieces.push(pieces.length > 1 ? ",\n" : "\n", own.join(",\n"));
  });
  const overheads = JSON.stringify(await database.getAll("overheads"));
  const accounts = JSON.stringify(await database.getAll("accounts"));
  const actions = JSON.stringify(await database.getAll("actions"));
  pieces.push(`\n],"overheads":${overheads},"accounts":${accounts},"actions":${actions}}\n`);
  return pieces;
}

/**
 * Merges a file by id: what is newer wins, nothing is doubled, nothing of ours goes. Null where it is no ledger. Records that were
 * shared under another name than `contributor_id` are kept, and nothing of them is sent: the server would refuse it.
 */
export async function restore(
  database: Database,
  text: string,
  contributor_id: string | null,
): Promise<Restored | null> {
  const given = parsed(text);
  if (given === null) return null;
  const isOurName = contributor_id !== null && given.contributor_id === contributor_id;
  const ours = given.records
    .map(recordIn)
    .filter((record) => record !== null)
    .map(upToDate)
    .map((record) => ({ ...record, is_shared: record.is_shared && isOurName }));
  const records = newest(ours);
  const unread = given.records.length - ours.length;
  const restored = { added: 0, updated: 0, kept: ours.length - records.length, unread };
  for (let from = 0; from < records.length; from += RESTORED_AT_ONCE) {
    await restoreRecords(database, records.slice(from, from + RESTORED_AT_ONCE), restored);
  }
  await restoreOverheads(
    database,
    given.overheads
      .map(overheadIn)
      .filter((row) => row !== null)
      .map((row) => ({ ...row, is_shared: row.is_shared && isOurName })),
  );
  await restoreAccounts(
    database,
    given.accounts.map(accountIn).filter((account) => account !== null),
  );
  await strictly(database, async (writing) => {
    for (const action of given.actions.map(actionIn)) {
      if (action !== null) await writing.objectStore("actions").put(action);
    }
  });
  return restored;
}

interface Archive {
  contributor_id: unknown;
  records: unknown[];
  overheads: unknown[];
  accounts: unknown[];
  /** Absent from files of earlier versions. */
  actions: unknown[];
}

function parsed(text: string): Archive | null {
  try {
    const given = JSON.parse(text);
    if (given?.taskwage_ledger !== VERSION || !Array.isArray(given.records)) return null;
    const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
    const { contributor_id, records } = given;
    const [overheads, accounts, actions] = [given.overheads, given.accounts, given.actions].map(list);
    return { contributor_id, records, overheads, accounts, actions } as Archive;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Each id once, in its highest revision, in the order of ids: the disk likes neighbours. */
function newest(records: readonly LedgerRecord[]): LedgerRecord[] {
  const byId = new Map<string, LedgerRecord>();
  for (const record of records) {
    const other = byId.get(record.id);
    if (other === undefined || other.revision < record.revision) byId.set(record.id, record);
  }
  return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

async function restoreRecords(
  database: Database,
  records: LedgerRecord[],
  restored: Restored,
): Promise<void> {
  const [first, last] = [records[0], records.at(-1)];
  if (first === undefined || last === undefined) return;
  await strictly(database, async (writing) => {
    const store = writing.objectStore("records");
    const known = new Set(await store.getAllKeys(IDBKeyRange.bound(first.id, last.id)));
    const fresh = records.filter(({ id }) => !known.has(id));
    await followAll(writing.objectStore("sums"), fresh);
    await addTallies(writing.objectStore("tallies"), fresh);
    await Promise.all(fresh.map((record) => store.put(record)));
    for (const fault of faultsOf(fresh)) await writing.objectStore("faults").put(fault);
    restored.added += fresh.length;
    for (const record of records.filter(({ id }) => known.has(id))) {
      const before = await store.get(record.id);
      const isNews = before === undefined || before.revision < record.revision;
      if (isNews)
        await putRecord(writing, { ...record, is_shared: record.is_shared || before?.is_shared === true });
      restored[isNews ? "updated" : "kept"] += 1;
    }
  });
}

/** A day known here stays as it is unless the file's has more to tell; its id stays, since the server may know it. */
async function restoreOverheads(database: Database, rows: OverheadDay[]): Promise<void> {
  await strictly(database, async (writing) => {
    const store = writing.objectStore("overheads");
    for (const row of rows) {
      const known = await store.get([row.platform, row.day]);
      if (known === undefined || (known.id === row.id && known.revision < row.revision)) await store.put(row);
    }
  });
}

async function restoreAccounts(database: Database, accounts: ClosedAccount[]): Promise<void> {
  await strictly(database, async (writing) => {
    const store = writing.objectStore("accounts");
    for (const account of accounts) {
      if ((await store.get(account.platform)) === undefined) await store.put(account);
    }
  });
}
