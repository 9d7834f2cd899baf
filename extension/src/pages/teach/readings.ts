/** What the rows tell with what is taught so far: read by the same reader that will read them later. */

import { findRows, readRow } from "../../core/page/reader";
import type { Draft } from "../../core/teach/draft";
import { listingOf, packOfTaught } from "../../core/teach/pack";
import type { Pack } from "../../generated/contract";
import type { TaskReading } from "../../model/readings";

export interface Readings {
  rows: Element[];
  /** One a row; null where it tells no title. */
  tasks: (TaskReading | null)[];
  /** Why it must not be kept; null where it may. */
  unfit: "no_rows" | "no_titles" | "no_money" | "same_everywhere" | "needs_currency" | null;
}

const LEAST_READ = 0.5;
const SAME_FROM = 3;

/** The rows that the draft finds on the page now; header rows are left out. */
export function rowsOf(draft: Draft, root: Document): Element[] {
  const { list } = draft;
  return list === null ? [] : Array.from(root.querySelectorAll(list.rows)).slice(list.skip);
}

export function readingsOf(draft: Draft, root: Document, url: URL): Readings {
  const rows = rowsOf(draft, root);
  const { list } = draft;
  if (list === null || list.title === null) return { rows, tasks: rows.map(() => null), unfit: "no_titles" };
  const pack: Pack = packOfTaught({ slug: "taught", version: 1, seen_on: "2000-01-01", draft });
  const sight = { root, url, pack, islands: new Map<string, unknown>(), replies: new Map<string, unknown>() };
  const listing = listingOf(list, draft);
  const found = findRows(sight, listing);
  const tasks = rows.map((element) => readRow(sight, listing, { element, record: undefined }));
  return { rows, tasks, unfit: unfitness(draft, tasks, "unfit" in found) };
}

function unfitness(
  draft: Draft,
  tasks: readonly (TaskReading | null)[],
  isUnfit: boolean,
): Readings["unfit"] {
  if (tasks.length === 0) return "no_rows";
  const titled = tasks.filter((task) => task !== null);
  if (titled.length < tasks.length * LEAST_READ) return "no_titles";
  const titles = new Set(titled.map(({ task }) => task.title));
  if (titled.length >= SAME_FROM && titles.size === 1) return "same_everywhere";
  const paid = titled.filter(({ reward }) => reward !== null);
  if (draft.list?.pay === null || paid.length < titled.length * LEAST_READ) {
    return draft.list?.pay !== null && draft.currency === null ? "needs_currency" : "no_money";
  }
  return isUnfit ? "no_rows" : null;
}
