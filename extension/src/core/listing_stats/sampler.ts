/**
 * Looks at a listing that is open and in front, now and then, and tells its rows as numbers. Runs only where the worker
 * shares timings of the site; reads what is on the page and asks nothing of the site.
 */

import type { PageMessage } from "../messages";
import type { Found } from "../page/reader";
import { inSlices } from "../page/slices";
import { numberOf } from "./counts";

export const LOOK_MS = __LOOK_MS__;
/** A longer listing is not looked at. */
const MOST_ROWS = 1_000;
/** What changes this soon after the worker did something may be their doing. */
const HANDS = ["pointerdown", "keydown", "wheel", "scroll", "touchmove"];

export interface Glancing {
  root: Document;
  url: URL;
  platform: string;
  /** What tells a row from others, and how many are left of it; null: it cannot be read. */
  told: (row: Found) => { words: string; left: number | null } | null;
  say: (message: PageMessage) => void;
  signal: AbortSignal;
}

/** Takes the listing's rows at every change; they are read only when it is time to look. */
export function glances(glancing: Glancing): (rows: readonly Found[]) => void {
  const { root, url, platform, told, say, signal } = glancing;
  let rows: readonly Found[] = [];
  let byHand = false;
  const view = numberOf(url.pathname + url.search);
  const look = async (): Promise<void> => {
    if (root.visibilityState !== "visible" || rows.length === 0 || rows.length > MOST_ROWS) return;
    const numbers: number[] = [];
    const left: (number | null)[] = [];
    await inSlices(rows, signal, (row) => {
      const said = told(row);
      if (said === null) return;
      numbers.push(numberOf(said.words));
      left.push(said.left);
    });
    if (signal.aborted || numbers.length === 0) return;
    say({ kind: "glance", platform, view, rows: numbers, left, by_hand: byHand });
    byHand = false;
  };
  const quiet = { capture: true, passive: true, signal };
  for (const event of HANDS) root.defaultView?.addEventListener(event, () => (byHand = true), quiet);
  const beat = setInterval(() => void look(), LOOK_MS);
  signal.addEventListener("abort", () => clearInterval(beat));
  return (now) => {
    rows = now;
  };
}
