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
  /** `root`: the document that the row is in. */
  badge: (task: TaskReading, root: Document) => Badge;
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
  /** Puts badges back that a redraw took out, before the browser paints. `added`: what the redraw put into the page. */
  restore: (added: readonly Node[]) => void;
}

interface Entry {
  row: Row;
  /** What it said when it was read; null before. */
  words: string | null;
  task: TaskReading | null;
  badge: Badge | null;
  /** How the row reads without the badge, so that a row mounted again is known as the same. */
  looks: string;
  /** When the badge was put back last, and how often in quick succession. */
  put: { at: number; times: number };
}

/** A site that throws a badge out again at once, so often, is left alone for a while: two scripts must not fight for ever. */
const MOST_AT_ONCE = 20;
const AT_ONCE_MS = 500;
const TRUCE_MS = 10_000;

export function board(making: BoardMaking): Board {
  const entries = new Map<Element, Entry>();
  const drop = (element: Element): void => {
    entries.get(element)?.badge?.host.remove();
    entries.delete(element);
    nearness.unobserve(element);
  };
  const add = (row: Row): void => {
    entries.set(row.element, {
      row,
      words: null,
      task: null,
      badge: null,
      looks: "",
      put: { at: 0, times: 0 },
    });
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
  const restore = (added: readonly Node[]): void => {
    const lost = [...entries.values()].filter(({ badge }) => badge !== null && !badge.host.isConnected);
    if (lost.length === 0) return;
    const mounted = mountedRows(added, making.rows).filter((element) => !entries.has(element));
    for (const entry of lost) {
      const { element } = entry.row;
      const twin = element.isConnected ? -1 : mounted.findIndex((row) => looksOf(row) === entry.looks);
      const [row] = twin < 0 ? [] : mounted.splice(twin, 1);
      if (row !== undefined) {
        nearness.unobserve(element);
        entries.delete(element);
        entry.row = { element: row, record: entry.row.record };
        entries.set(row, entry);
      }
      if (entry.row.element.isConnected) putBack(making, entry);
    }
  };
  making.signal.addEventListener("abort", () => {
    for (const element of Array.from(entries.keys())) drop(element);
    nearness.disconnect();
  });
  return { update, refresh, settle, restore };
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
    const words = answer.words[answer.places[place] ?? -1];
    if (!words || !entry.task || current(entry.row.element) !== entry) continue;
    const isNew = entry.badge === null;
    entry.badge ??= making.badge(entry.task, entry.row.element.ownerDocument);
    entry.badge.show(words);
    if (!isNew) continue;
    making.own.add(entry.badge.host);
    entry.looks = looksOf(entry.row.element);
    putIn(spots[place], entry.badge.host);
  }
}

function putBack(making: BoardMaking, entry: Entry): void {
  const { badge, row, put } = entry;
  if (!badge || row.element.contains(badge.host)) return;
  const now = performance.now();
  const since = now - put.at;
  if (put.times >= MOST_AT_ONCE && since < TRUCE_MS) return;
  entry.put = { at: now, times: since < AT_ONCE_MS ? put.times + 1 : 0 };
  putIn(spotIn(row.element, making.place), badge.host);
}

/** Rows among what was put into the page, in its order. */
function mountedRows(added: readonly Node[], rows: string): Element[] {
  return added.flatMap((node) => {
    if (node.nodeType !== ELEMENT) return [];
    const element = node as Element;
    return [...(element.matches(rows) ? [element] : []), ...Array.from(element.querySelectorAll(rows))];
  });
}

const ELEMENT = 1;

/** The words and the first link of a row. A badge adds none: all of it is in its shadow. */
function looksOf(row: Element): string {
  return `${row.querySelector("a")?.getAttribute("href") ?? ""}\n${row.textContent ?? ""}`;
}

/** Rows may hold a wide and a narrow copy of themselves: the badge goes to the one that is seen. */
function spotIn(row: Element, place: string | null): Element {
  const spots = place === null ? [] : Array.from(row.querySelectorAll(place));
  return spots.find((one) => one.checkVisibility?.() ?? true) ?? spots[0] ?? row;
}

function putIn(spot: Element | undefined, host: HTMLElement): void {
  if (spot && host.parentNode !== spot) spot.append(host);
}
