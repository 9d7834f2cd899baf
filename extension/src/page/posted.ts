/** Tells which posted tasks a listing did not show before. Runs only while the alarm listens; asks nothing of the site. */

import type { TaskReading } from "../readings";
import type { Row } from "./reader";
import { inSlices } from "./slices";
import { touchedRows } from "./touched";

export interface Posting {
  /** What rows are, as a selector. */
  rows: string;
  read: (row: Row) => TaskReading | null;
  tell: (rows: TaskReading[], isFirst: boolean) => void;
  signal: AbortSignal;
}

const MOST_AT_ONCE = 200;

/** Takes the listing's rows at every change; what is told once is told no more on this visit. */
export function posted(posting: Posting): (rows: readonly Row[], touched: ReadonlySet<Element>) => void {
  const told = new Set<string>();
  const read = new WeakSet<Element>();
  let isFirst = true;
  let turn: Promise<void> = Promise.resolve();
  const look = async (rows: readonly Row[], touched: ReadonlySet<Element>): Promise<void> => {
    const fresh: TaskReading[] = [];
    const isTouched = touchedRows(posting.rows, touched);
    const due = rows.filter(({ element }) => !read.has(element) || isTouched(element));
    await inSlices(due, posting.signal, (row) => {
      read.add(row.element);
      const task = posting.read(row);
      const words = task && JSON.stringify([task.client, task.task, task.reward]);
      if (task === null || words === null || told.has(words)) return;
      told.add(words);
      fresh.push(task);
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
