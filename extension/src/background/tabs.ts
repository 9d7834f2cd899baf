/** Which tabs are a task's own, and which is in front: told by the browser, without any address. */

import { type Kept, keep } from "../core/timer/apply_timer_event";
import type { FrontTab } from "../core/timer/session";
import { frontTab, isIdle, type NewTab } from "../platform/browser";
import type { Edge } from "../platform/context";

/** Estimator A: who reads or watches in the task's own tab need not touch anything for a while. */
const IDLE_SECONDS = 300;
const IDLE_WHILE_AUDIBLE_SECONDS = 900;
/** A page opens a tab at once when it is clicked. */
const CLICK_MS = 5_000;

/** The tab in front, and whether nobody works there. */
export async function inFront(): Promise<FrontTab> {
  const front = await frontTab();
  if (front === null) return { tab: null, idle: false };
  const seconds = front.is_audible ? IDLE_WHILE_AUDIBLE_SECONDS : IDLE_SECONDS;
  return { tab: front.tab, idle: await isIdle(seconds) };
}

/** Another tab or window came to the front. */
export async function frontChanged(edge: Edge): Promise<Kept> {
  return keep(edge, { kind: "front", at: edge.now(), ...(await inFront()) });
}

/**
 * A tab was opened from another. The browser says the same of one that the worker opened empty with a key: that one comes last in
 * its window and loads at once, without a click in the page.
 */
export async function tabOpened(
  edge: Edge,
  { tab, opener, is_empty_tab }: NewTab,
  clicks: ReadonlyMap<number, number>,
): Promise<Kept | null> {
  const isClicked = edge.now() - (clicks.get(opener) ?? 0) <= CLICK_MS;
  if (is_empty_tab && !isClicked) return null;
  return keep(edge, { kind: "tab_opened", at: edge.now(), tab, opener });
}

export async function tabClosed(edge: Edge, tab: number): Promise<Kept> {
  return keep(edge, { kind: "tab_closed", at: edge.now(), tab });
}
