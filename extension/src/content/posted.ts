/** Tells which posted tasks a listing did not show before. Runs only where somebody wants to know; asks nothing of the site. */

import type { Found } from "../core/page/reader";
import { inSlices } from "../core/page/slices";
import { touchedRows } from "../core/page/touched";

export interface Posting<T> {
  /** What rows are, as a selector; null: they are no elements. */
  rows: string | null;
  read: (row: Found) => T | null;
  /** What makes it another one than before. */
  words: (one: T) => string;
  tell: (rows: T[], isFirst: boolean) => void;
  signal: AbortSignal;
}

const MOST_AT_ONCE = 200;

/** Takes the listing's rows at every change; what is told once is told no more on this visit. */
export function posted<T>(
  posting: Posting<T>,
): (rows: readonly Found[], touched: ReadonlySet<Element>) => void {
  const told = new Set<string>();
  const read = new WeakSet<Element>();
  let isFirst = true;
  let turn: Promise<void> = Promise.resolve();
  const look = async (rows: readonly Found[], touched: ReadonlySet<Element>): Promise<void> => {
    const fresh: T[] = [];
    const isTouched = touchedRows(posting.rows, touched);
    const due = rows.filter(({ element }) => element === null || !read.has(element) || isTouched(element));
    await inSlices(due, posting.signal, (row) => {
      if (row.element !== null) read.add(row.element);
      const one = posting.read(row);
      const words = one === null ? null : posting.words(one);
      if (one === null || words === null || told.has(words)) return;
      told.add(words);
      fresh.push(one);
    });
    if (posting.signal.aborted) return;
    for (let from = 0; from < fresh.length; from += MOST_AT_ONCE) {
      posting.tell(fresh.slice(from, from + MOST_AT_ONCE), isFirst);
    }
    if (rows.length > 0) isFirst = false;
  };
  return (rows, touched) => {
    turn = turn.then(() => look(rows, touched));
  };
}
