/**
 * Everything the ledger page adds up, read at once: the last weeks by day, what is longer ago by month.
 *
 * So a hundred thousand records are some thousand sums; and days are at hand where days count: the periods, and what is pending.
 */

import type { KeptAction } from "../../model/account_action";
import type { Database } from "../../platform/database";
import type { OverheadDay } from "../outbox/overheads";
import { dayOf } from "../timer/hour";
import type { ClosedAccount } from "./account";
import { monthOf, type Sum } from "./sums";
import { COUNTED_DAYS } from "./totals";

export interface Book {
  today: string;
  /** Of old months by month, of recent days by day; no record is in two. */
  sums: Sum[];
  overheads: OverheadDay[];
  accounts: ClosedAccount[];
  /** What platforms did to the worker's accounts. */
  actions: KeptAction[];
}

const LAST = "\uffff";
const FIRST = "";

export async function readBook(database: Database, now: number): Promise<Book> {
  const since = firstRecentDay(now);
  const old = IDBKeyRange.bound(["month", FIRST], ["month", monthOf(since)], false, true);
  const [months, days, overheads, accounts, actions] = await Promise.all([
    database.getAllFromIndex("sums", "by_stretch", old),
    database.getAllFromIndex("sums", "by_stretch", IDBKeyRange.bound(["day", since], ["day", LAST])),
    database.getAll("overheads"),
    database.getAll("accounts"),
    database.getAll("actions"),
  ]);
  return { today: dayOf(now), sums: [...months, ...days], overheads, accounts, actions };
}

/** One day of it. */
export interface DayBook {
  sums: Sum[];
  /** Of all time, of the day's clients: how much of their pay they paid. */
  shares: Sum[];
  accounts: ClosedAccount[];
}

export async function readDay(database: Database, day: string): Promise<DayBook> {
  const sums = await database.getAllFromIndex("sums", "by_stretch", ["day", day]);
  const ofClients = sums.map(({ platform, client_key }) => {
    const client = [platform, client_key, "month"];
    return database.getAll("sums", IDBKeyRange.bound([...client, FIRST], [...client, LAST]));
  });
  const shares = (await Promise.all(ofClients)).flat();
  return { sums, shares, accounts: await database.getAll("accounts") };
}

/** The start of a month, so that kept sums end where days begin. */
export function firstRecentDay(now: number): string {
  const day = new Date(now);
  day.setDate(day.getDate() - COUNTED_DAYS);
  return `${monthOf(dayOf(day.getTime()))}-01`;
}
