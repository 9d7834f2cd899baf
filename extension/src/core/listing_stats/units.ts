/**
 * How many units went between two looks at the same listing, told apart by how many were left. Counts only. Pure.
 *
 * What comes back (a place that somebody gave up, a new lot) is no unit that went. A listing that is gone took its last few
 * units with it; one with more left was rather taken back than used up, and tells nothing.
 */

import { MAX_SIZES } from "../../generated/contract";

/** How many units are left of each row that tells it, by the row's number. */
export type Left = Readonly<Record<string, number>>;

/** By how many were left, the fewest first: time times listings, and units that went. */
export interface Units {
  watched_ms: number[];
  gone: number[];
}

/** Where a size ends and the next begins. */
const SIZES = [5, 20, 100, 1_000];
/** The most that a listing can have left when it goes for the units to count as gone. */
const LAST_FEW = 20;

export function noUnits(): Units {
  const none = (): number[] => new Array<number>(MAX_SIZES).fill(0);
  return { watched_ms: none(), gone: none() };
}

/** What went of `before` in `ms`, `now` being left; `standing` are all rows that are there now. */
export function unitsBetween(before: Left, now: Left, standing: ReadonlySet<string>, ms: number): Units {
  const units = noUnits();
  for (const [row, left] of Object.entries(before)) {
    const rest = standing.has(row) ? now[row] : left <= LAST_FEW ? 0 : undefined;
    if (rest === undefined || left === 0) continue;
    const size = SIZES.filter((end) => left > end).length;
    units.watched_ms[size] = (units.watched_ms[size] ?? 0) + ms;
    units.gone[size] = (units.gone[size] ?? 0) + Math.max(0, left - rest);
  }
  return units;
}

export function added(one: Units, other: Units): Units {
  const sum = (a: readonly number[], b: readonly number[]): number[] =>
    a.map((count, place) => count + (b[place] ?? 0));
  return { watched_ms: sum(one.watched_ms, other.watched_ms), gone: sum(one.gone, other.gone) };
}
