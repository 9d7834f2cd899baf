/**
 * The badges of one listing: one a row, made only when the row comes near the view, taken away when the row or its words go.
 *
 * A row whose words change is looked up again, so that a redrawn list never shows one task's figure on another.
 */

import type { RowReading } from "../page/reader";
import type { TaskReading } from "../readings";
import type { Rate } from "../snapshot/rate";
import type { Badge } from "./badge";
import type { Words } from "./words";

export interface BoardMaking {
  /** One rate a task, in their order; null where none can be had now. */
  lookup: (tasks: TaskReading[]) => Promise<Rate[] | null>;
  badge: () => Badge;
  words: (rate: Rate) => Words;
  /** Tells when rows come near the view. */
  near: (onNear: (rows: Element[]) => void) => Nearness;
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
  update: (rows: readonly RowReading[]) => void;
  /** Puts badges where they can be seen, after the window changed its shape. */
  settle: () => void;
}

interface Entry {
  words: string;
  task: TaskReading;
  badge: Badge | null;
  /** How often the site threw the badge out; past a few we give in. */
  evictions: number;
}

const MOST_EVICTIONS = 3;

export function board(making: BoardMaking): Board {
  const entries = new Map<Element, Entry>();
  const drop = (row: Element): void => {
    entries.get(row)?.badge?.host.remove();
    entries.delete(row);
    nearness.unobserve(row);
  };
  const reveal = (rows: Element[]): void => {
    const due = rows.flatMap((row) => {
      nearness.unobserve(row);
      const entry = entries.get(row);
      return entry ? [{ row, entry }] : [];
    });
    if (due.length > 0) void fill(making, due, (row) => entries.get(row));
  };
  const nearness = making.near(reveal);
  const update = (rows: readonly RowReading[]): void => {
    const listed = new Set(rows.map((row) => row.element));
    for (const row of Array.from(entries.keys())) if (!listed.has(row)) drop(row);
    for (const { element, task } of rows) {
      const words = JSON.stringify(task);
      const known = entries.get(element);
      if (known?.words === words) putBack(making, element, known);
      else {
        if (known) drop(element);
        entries.set(element, { words, task, badge: null, evictions: 0 });
        nearness.observe(element);
      }
    }
  };
  const settle = (): void => {
    const shown = Array.from(entries).flatMap(([row, { badge }]) => (badge ? [{ row, badge }] : []));
    const spots = shown.map(({ row }) => spotIn(row, making.place));
    for (const [index, { badge }] of shown.entries()) putIn(spots[index], badge.host);
  };
  making.signal.addEventListener("abort", () => {
    for (const row of Array.from(entries.keys())) drop(row);
    nearness.disconnect();
  });
  return { update, settle };
}

/** Asks once for all rows that came near together, and dresses those that still say what they said. */
async function fill(
  making: BoardMaking,
  due: { row: Element; entry: Entry }[],
  current: (row: Element) => Entry | undefined,
): Promise<void> {
  const rates = await making.lookup(due.map(({ entry }) => entry.task));
  if (rates === null || making.signal.aborted) return;
  const spots = due.map(({ row }) => spotIn(row, making.place)); // all looked up before any is filled: one layout, not many
  for (const [index, { row, entry }] of due.entries()) {
    const rate = rates[index];
    if (!rate || current(row) !== entry) continue;
    const made = making.badge();
    making.own.add(made.host);
    made.show(making.words(rate));
    putIn(spots[index], made.host);
    entry.badge = made;
  }
}

function putBack(making: BoardMaking, row: Element, entry: Entry): void {
  if (!entry.badge || row.contains(entry.badge.host) || entry.evictions >= MOST_EVICTIONS) return;
  entry.evictions += 1;
  putIn(spotIn(row, making.place), entry.badge.host);
}

/** Rows may hold a wide and a narrow copy of themselves: the badge goes to the one that is seen. */
function spotIn(row: Element, place: string | null): Element {
  const spots = place === null ? [] : Array.from(row.querySelectorAll(place));
  return spots.find((one) => one.checkVisibility?.() ?? true) ?? spots[0] ?? row;
}

function putIn(spot: Element | undefined, host: HTMLElement): void {
  if (spot && host.parentNode !== spot) spot.append(host);
}
