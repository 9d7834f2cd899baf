/**
 * The badges of one listing: one a row, read and made only when the row comes near the view, taken away when the row or its
 * words go.
 *
 * A row whose words change is looked up again, so that a redrawn list never shows one task's figure on another.
 */

import type { Badge } from "../core/badge/badge";
import type { LookupAnswer } from "../core/messages";
import type { Row } from "../core/page/reader";
import { touchedRows } from "../core/page/touched";
import type { TaskReading } from "../model/readings";

export interface BoardMaking {
  /** What the row says now; null where it tells no task. */
  read: (row: Row) => TaskReading | null;
  /** What to say of each task, in their order; null where nothing can be had now. */
  lookup: (tasks: TaskReading[]) => Promise<LookupAnswer | null>;
  badge: (task: TaskReading) => Badge;
  /** Tells when rows come near the view. */
  near: (onNear: (rows: Element[]) => void) => Nearness;
  /** Does it a moment later, so that rows that come near one by one are asked for together. */
  soon: (work: () => void) => void;
  /** What rows are, as a selector. */
  rows: string;
  /** Where in a row the badge goes; null: at its end. */
  place: string | null;
  /** Our nodes, which are no change of the page. */
  own: WeakSet<Node>;
  signal: AbortSignal;
}

export interface Nearness {
  observe: (row: Element) => void;
  unobserve: (row: Element) => void;
  disconnect: () => void;
}

export interface Board {
  /** Takes the rows that stand there now; `touched`: elements in which something changed, none: perhaps in all. */
  update: (rows: readonly Row[], touched: ReadonlySet<Element>) => void;
  /** Asks again for every badge, when it is near: there is news of rates, of the floor, of the watch list. */
  refresh: () => void;
  /** Puts badges where they can be seen, after the window changed its shape. */
  settle: () => void;
}

interface Entry {
  row: Row;
  /** What it said when it was read; null before. */
  words: string | null;
  task: TaskReading | null;
  badge: Badge | null;
  /** How often the site threw the badge out; past a few we give in. */
  evictions: number;
}

const MOST_EVICTIONS = 3;

export function board(making: BoardMaking): Board {
  const entries = new Map<Element, Entry>();
  const drop = (element: Element): void => {
    entries.get(element)?.badge?.host.remove();
    entries.delete(element);
    nearness.unobserve(element);
  };
  const add = (row: Row): void => {
    entries.set(row.element, { row, words: null, task: null, badge: null, evictions: 0 });
    nearness.observe(row.element);
  };
  const near = new Set<Element>();
  const reveal = (): void => {
    const due = Array.from(near).flatMap((element) => {
      const entry = entries.get(element);
      return entry && readEntry(making, entry) !== null ? [entry] : [];
    });
    near.clear();
    if (due.length > 0) void fill(making, due, (element) => entries.get(element));
  };
  const come = (elements: Element[]): void => {
    const isWaiting = near.size > 0;
    for (const element of elements) {
      nearness.unobserve(element);
      near.add(element);
    }
    if (!isWaiting) making.soon(reveal);
  };
  const nearness = making.near(come);
  const update = (rows: readonly Row[], touched: ReadonlySet<Element>): void => {
    if (entries.size > 0) dropGone(entries, rows, drop);
    const isTouched = touchedRows(making.rows, touched);
    for (const row of rows) {
      const known = entries.get(row.element);
      const isNew = known === undefined || isChanged(making, known, row, isTouched(row.element));
      if (!isNew) putBack(making, known);
      else {
        if (known !== undefined) drop(row.element);
        add(row);
      }
    }
  };
  const refresh = (): void => {
    for (const [element, { words }] of entries) if (words !== null) nearness.observe(element);
  };
  const settle = (): void => {
    const shown = Array.from(entries.values()).filter(({ badge }) => badge !== null);
    const spots = shown.map(({ row }) => spotIn(row.element, making.place));
    for (const [place, { badge }] of shown.entries()) if (badge) putIn(spots[place], badge.host);
  };
  making.signal.addEventListener("abort", () => {
    for (const element of Array.from(entries.keys())) drop(element);
    nearness.disconnect();
  });
  return { update, refresh, settle };
}

function dropGone(
  entries: ReadonlyMap<Element, Entry>,
  rows: readonly Row[],
  drop: (element: Element) => void,
): void {
  const listed = new Set(rows.map(({ element }) => element));
  for (const element of Array.from(entries.keys())) if (!listed.has(element)) drop(element);
}

/** Only a row that was read can say something else now. */
function isChanged(making: BoardMaking, entry: Entry, row: Row, isTouched: boolean): boolean {
  const isSame = !isTouched && entry.row.record === row.record;
  entry.row = row;
  if (entry.words === null || isSame) return false;
  return JSON.stringify(making.read(row)) !== entry.words;
}

function readEntry(making: BoardMaking, entry: Entry): TaskReading | null {
  if (entry.words !== null) return entry.task;
  entry.task = making.read(entry.row);
  entry.words = JSON.stringify(entry.task);
  return entry.task;
}

/** Asks once for all rows that came near together, and dresses those that still say what they said. */
async function fill(
  making: BoardMaking,
  due: readonly Entry[],
  current: (element: Element) => Entry | undefined,
): Promise<void> {
  const answer = await making.lookup(due.flatMap(({ task }) => task ?? []));
  if (answer === null || making.signal.aborted) return;
  const spots = due.map(({ row }) => spotIn(row.element, making.place)); // all found before any is filled: one layout, not many
  for (const [place, entry] of due.entries()) {
    const words = answer.words[place];
    if (!words || !entry.task || current(entry.row.element) !== entry) continue;
    const isNew = entry.badge === null;
    entry.badge ??= making.badge(entry.task);
    entry.badge.show(words);
    if (!isNew) continue;
    making.own.add(entry.badge.host);
    putIn(spots[place], entry.badge.host);
  }
}

function putBack(making: BoardMaking, entry: Entry): void {
  const { badge, row } = entry;
  if (!badge || row.element.contains(badge.host) || entry.evictions >= MOST_EVICTIONS) return;
  entry.evictions += 1;
  putIn(spotIn(row.element, making.place), badge.host);
}

/** Rows may hold a wide and a narrow copy of themselves: the badge goes to the one that is seen. */
function spotIn(row: Element, place: string | null): Element {
  const spots = place === null ? [] : Array.from(row.querySelectorAll(place));
  return spots.find((one) => one.checkVisibility?.() ?? true) ?? spots[0] ?? row;
}

function putIn(spot: Element | undefined, host: HTMLElement): void {
  if (spot && host.parentNode !== spot) spot.append(host);
}
