/** What the page reads from the device, at its start and after every change. */

import { ratesWith } from "../../core/floor/floor";
import { closedOn } from "../../core/ledger/account";
import { type Book, readBook } from "../../core/ledger/book";
import { sharesOf } from "../../core/ledger/clients";
import { bestCurrency, currenciesIn } from "../../core/ledger/currency";
import { oldestPending } from "../../core/ledger/oldest";
import { owedBy } from "../../core/ledger/owed";
import type { UsdPer } from "../../core/ledger/pay";
import type { Terms } from "../../core/ledger/totals";
import { send } from "../../platform/browser";
import type { Database } from "../../platform/database";
import type { Settings } from "../../platform/storage";
import type { Statements } from "./statements";

export interface Reading {
  book: Book;
  usdPer: UsdPer;
  /** To choose from, the one that suits the records best first. */
  currencies: string[];
  /** Since when each client owes. */
  since: ReadonlyMap<string, string | null>;
  statements: Statements;
}

/** More than anybody looks through; the sums hold everybody. */
const MOST_LOOKED_UP = 60;

export async function read(
  database: Database,
  settings: Pick<Settings, "floor" | "statements" | "proposals">,
  now: number,
): Promise<Reading> {
  const [book, rates, floor, statements] = await Promise.all([
    readBook(database, now),
    send({ kind: "exchange" }),
    settings.floor.get(),
    statementsOf(database, settings),
  ]);
  const usdPer = ratesWith(floor, rates);
  const used = currenciesIn(book.sums);
  const best = bestCurrency(used, floor.per_hour.currency, usdPer);
  const reading = { book, usdPer, currencies: [...new Set([best, ...used])], statements };
  const owing = owedBy(book.sums, termsOf(reading, best)).slice(0, MOST_LOOKED_UP);
  return { ...reading, since: await oldestPending(database, owing) };
}

/** What sites stated, and how many payments that they told of the worker has not answered for yet. */
async function statementsOf(
  database: Database,
  settings: Pick<Settings, "statements" | "proposals">,
): Promise<Statements> {
  const waiting: Record<string, number> = {};
  for (const id of Object.keys(await settings.proposals.get())) {
    const platform = (await database.get("records", id))?.platform;
    if (platform !== undefined) waiting[platform] = (waiting[platform] ?? 0) + 1;
  }
  return { kept: await settings.statements.get(), waiting };
}

export function termsOf({ book, usdPer }: Pick<Reading, "book" | "usdPer">, currency: string): Terms {
  const exchange = { currency, usdPer };
  return {
    exchange,
    today: book.today,
    share: sharesOf(book.sums, { exchange }),
    closed_on: closedOn(book.accounts),
  };
}

export function platformsIn({ sums }: Book): string[] {
  return [...new Set(sums.map(({ platform }) => platform))].sort();
}
