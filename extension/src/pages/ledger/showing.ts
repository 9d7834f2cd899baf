/** What every part of the page is shown from: the book, and how it is looked at. */

import type { Book } from "../../core/ledger/book";
import type { Terms, Totals } from "../../core/ledger/totals";
import type { Writing } from "../panel/format";
import type { Period } from "./period";

export interface Showing {
  book: Book;
  terms: Terms;
  period: Period;
  writing: Writing;
}

/** What one stretch, site or client comes to. */
export interface Line {
  name: string;
  totals: Totals;
}
