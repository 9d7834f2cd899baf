/** The one amount of money in a text, and the words around it; what is in doubt is none. */

import { type DecimalMark, moneyOfText } from "../../core/page/money";

export interface Amount {
  /** Words before and after it; "" where there are none. */
  before: string;
  after: string;
  /** As it is written, with its sign. */
  written: string;
  /** The decimal mark, where the digits leave it open or the worker says it; else null. */
  decimal: DecimalMark | null;
  /** The text names a currency itself. */
  namesCurrency: boolean;
}

const SIGN = "(?:[A-Z]{2,3}\\s?\\$?|US\\$|R\\$|[$£€₹₱₦₺])";
const NUMBER = "\\d[\\d.,'’]*(?:[  ]\\d{3})*(?:[.,]\\d+)?|\\d";
const PIECES = new RegExp(`${SIGN}?\\s?(?:${NUMBER})\\s?(?:[$£€₹₱₦₺]|(?:[A-Z]{3})(?![A-Za-z]))?`, "gu");
/** Which currency stands in where a text names none; only to try whether it would read. */
const ANY = "USD";

/** The amount in `text`: the only one that names its currency, or the whole text where it is a bare number such as "0.35". */
export function amountIn(text: string): Amount | null {
  const plain = text.replace(/\s+/g, " ").trim();
  const pieces = Array.from(plain.matchAll(PIECES)).flatMap((piece) => {
    const written = trimmed(piece[0]);
    const start = piece.index + piece[0].indexOf(written);
    return read(written, null) === null ? [] : [{ written, start }];
  });
  const [only, ...more] = pieces;
  if (only !== undefined && more.length === 0) return around(plain, only.written, only.start, true);
  if (only !== undefined) return null;
  return (moneyOfText(plain, ANY, null) ?? moneyOfText(plain, ANY, "."))
    ? around(plain, plain, 0, false)
    : null;
}

function around(text: string, written: string, start: number, namesCurrency: boolean): Amount {
  const decimal = namesCurrency ? doubt(written, null) : doubt(written, ANY);
  return {
    before: text.slice(0, start).trim(),
    after: text.slice(start + written.length).trim(),
    written,
    decimal,
    namesCurrency,
  };
}

/** Null where the digits speak for themselves; else a point, until the worker says otherwise. */
function doubt(written: string, currency: string | null): DecimalMark | null {
  return moneyOfText(written, currency, null) === null ? "." : null;
}

function read(written: string, currency: string | null): unknown {
  return moneyOfText(written, currency, null) ?? moneyOfText(written, currency, ".");
}

function trimmed(piece: string): string {
  return piece.trim().replace(/[.,]+$/, "");
}
