/**
 * What two looks at the same open listing tell: how many tasks appeared between them, how long those lived that are gone,
 * and how many units went. Counts only. Pure.
 *
 * What follows the worker's own hand (a scroll, a filter, another page) is theirs and not the site's: it is only taken as
 * the new ground. So is a listing that changed in most of its rows, and one that was not looked at for long.
 */

import { MAX_LIVES } from "../../generated/contract";
import { type Left, type Units, unitsBetween } from "./units";

/** Rows by number, and when each appeared; 0 where it was there from the beginning. */
export interface Look {
  at: number;
  view: number;
  rows: Record<string, number>;
  /** Missing from looks that an older version kept. */
  left?: Left;
}

/** One look as the page tells it: numbers made of its address and of each of its rows. */
export interface Glance {
  view: number;
  rows: readonly number[];
  /** How many are left of each row; null where it does not say. */
  left: readonly (number | null)[];
  by_hand: boolean;
}

/** What is counted between two looks. */
export interface Counted {
  watched_ms: number;
  appeared: number;
  /** By length of life, the shortest first. */
  lives: number[];
  units: Units;
}

/** Between two looks further apart nobody watched. */
const MOST_APART_MS = 15 * 60_000;
/** A change of more rows than these, and of more than half of all, is another view of the listing. */
const FEW_ROWS = 10;
const MINUTE_MS = 60_000;
/** Where a length of life ends and the next begins. */
const LIVES_MS = [1, 5, 15, 60, 240].map((minutes) => minutes * MINUTE_MS);

/** What is known after a look, and what came of it; null: it is only the ground for the next. */
export function looked(
  before: Look | undefined,
  glance: Glance,
  now: number,
): { look: Look; counted: Counted | null } {
  const known = before?.rows ?? {};
  const standing = new Set(glance.rows.map(String));
  const fresh = Array.from(standing).filter((row) => known[row] === undefined);
  const gone = Object.keys(known).filter((row) => !standing.has(row));
  const most = Math.max(standing.size, Object.keys(known).length);
  const isOther = fresh.length + gone.length > Math.max(FEW_ROWS, most / 2);
  const isCounted =
    before !== undefined &&
    before.view === glance.view &&
    now > before.at &&
    now - before.at <= MOST_APART_MS &&
    !glance.by_hand &&
    !isOther;
  const isSame = before?.view === glance.view && !isOther;
  const since = (row: string): number => {
    const at = isSame ? known[row] : 0;
    return at ?? (isCounted ? now : 0);
  };
  const rows = Object.fromEntries(Array.from(standing, (row) => [row, since(row)]));
  const left = leftOf(glance);
  const look = { at: now, view: glance.view, rows, left };
  if (!isCounted) return { look, counted: null };
  const lived = gone.map((row) => known[row] ?? 0).filter((at) => at > 0);
  const lives = new Array<number>(MAX_LIVES).fill(0);
  for (const at of lived) {
    const place = LIVES_MS.filter((end) => now - at >= end).length;
    lives[place] = (lives[place] ?? 0) + 1;
  }
  const watched_ms = now - before.at;
  const units = unitsBetween(before.left ?? {}, left, standing, watched_ms);
  return { look, counted: { watched_ms, appeared: fresh.length, lives, units } };
}

/** By row; two rows that cannot be told apart tell nothing. */
function leftOf({ rows, left }: Glance): Left {
  const told = new Map<number, number | null>();
  for (const [place, row] of rows.entries()) told.set(row, told.has(row) ? null : (left[place] ?? null));
  return Object.fromEntries(
    Array.from(told).flatMap(([row, count]) => (count === null ? [] : [[row, count]])),
  );
}

/** A number for a text (FNV-1a): rows are told apart on this device, and their words are kept nowhere. */
export function numberOf(text: string): number {
  let mixed = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    mixed = Math.imul(mixed ^ text.charCodeAt(place), 0x01000193);
  }
  return mixed >>> 0;
}
