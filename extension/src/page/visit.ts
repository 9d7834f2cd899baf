/**
 * One kind of page at one address, from its arrival to its end: reads it again whenever it changes and tells what is new.
 *
 * What cannot be read is given time first, since sites draw in steps; then it is reported once and the page is left alone.
 */

import type { Listing, Page } from "../generated/contract";
import type { PageMessage } from "../messages";
import type { Subject } from "../readings";
import { endings } from "./endings";
import { findRows, type Row, readStatus, readWork, type Sight, type Unfit } from "./reader";
import { type End, endOfForm } from "./signals";

/** How long a page may stay unreadable before it counts as changed. */
export const PATIENCE_MS = 5_000;

export interface Visit {
  /** Reads what may have changed. `touched` empty: everything. */
  look: (touched: ReadonlySet<Element>) => void;
  /** A form was sent. */
  sent: (form: Element) => void;
  /** What the time on this page is for. */
  subject: () => Subject;
}

export interface Visiting {
  sight: Sight;
  page: Page;
  tell: (message: PageMessage) => void;
  /** Takes a listing's rows, and in which elements something changed; none: perhaps in all. */
  listed: (listing: Listing, rows: readonly Row[], touched: ReadonlySet<Element>) => void;
  /** The page was loaded again or gone back to. */
  isStale: boolean;
  signal: AbortSignal;
}

interface State {
  /** The last claim and the last outcomes as told. */
  told: Map<PageMessage["kind"], string>;
  attempt: string | null;
  isOver: boolean;
  isOff: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

export function visit(visiting: Visiting): Visit {
  const { sight, page, signal } = visiting;
  const state: State = { told: new Map(), attempt: null, isOver: false, isOff: false, timer: undefined };
  const ended = (end: End): void => {
    if (end.attempt === null || end.attempt === state.attempt) state.isOver = true;
    visiting.tell({ kind: "ended", platform: sight.pack.slug, ...end });
  };
  const ends = endings(sight, page, visiting.isStale, ended, signal);
  const look = (touched: ReadonlySet<Element>): void => {
    if (signal.aborted) return;
    ends.look();
    if (state.isOff || !concerns(page, touched)) return;
    const unfit = read(visiting, state, touched);
    if (unfit === null) {
      clearTimeout(state.timer);
      state.timer = undefined;
    } else state.timer ??= setTimeout(() => giveUp(visiting, state), PATIENCE_MS);
  };
  const sent = (form: Element): void => {
    const end = endOfForm(sight, page, form);
    if (end) ends.tell(end);
  };
  signal.addEventListener("abort", () => clearTimeout(state.timer));
  return { look, sent, subject: () => subjectOf(visiting, state) };
}

/** Tells what is new; answers why nothing can be read, if so. */
function read(visiting: Visiting, state: State, touched: ReadonlySet<Element>): string | null {
  const { sight, page } = visiting;
  if (page.work) {
    const work = readWork(sight, page.work);
    if (isUnfit(work)) return work.unfit;
    if (state.attempt !== work.attempt) state.isOver = false;
    state.attempt = work.attempt;
    const what = JSON.stringify([work.attempt, work.task]);
    tellNew(visiting, state, { kind: "claimed", ...work, works: page.work.works }, what);
  }
  if (page.listing) {
    const rows = findRows(sight, page.listing);
    visiting.listed(page.listing, isUnfit(rows) ? [] : rows, touched);
    if (isUnfit(rows)) return rows.unfit;
  }
  if (page.status) {
    const outcomes = readStatus(sight, page.status);
    if (isUnfit(outcomes)) return outcomes.unfit;
    const what = JSON.stringify(outcomes);
    if (outcomes.length > 0)
      tellNew(visiting, state, { kind: "outcomes", platform: sight.pack.slug, outcomes }, what);
  }
  return null;
}

/** Says it unless the same was said before: a page drawn in steps may tell more of a task later. */
function tellNew(visiting: Visiting, state: State, message: PageMessage, what: string): void {
  if (state.told.get(message.kind) === what) return;
  state.told.set(message.kind, what);
  visiting.tell(message);
}

function giveUp(visiting: Visiting, state: State): void {
  const reason = read(visiting, state, new Set());
  state.timer = undefined;
  if (reason === null) return;
  state.isOff = true;
  visiting.tell({ kind: "unfit", platform: visiting.sight.pack.slug, page: visiting.page.name, reason });
}

function subjectOf({ sight, page }: Visiting, state: State): Subject {
  const platform = sight.pack.slug;
  if (state.attempt !== null && !state.isOver) return { kind: "task", platform, attempt: state.attempt };
  if (page.overhead !== null) return { kind: "overhead", platform, overhead: page.overhead };
  return { kind: "none" };
}

/** A listing of a thousand rows is read again only for a change in it; a clock ticking beside it is none. */
function concerns(page: Page, touched: ReadonlySet<Element>): boolean {
  const { listing } = page;
  if (listing === null || touched.size === 0) return true;
  const matters = `${listing.rows}, ${listing.records?.at ?? listing.rows}`;
  return Array.from(touched).some(
    (one) => one.closest(matters) !== null || one.querySelector(matters) !== null,
  );
}

function isUnfit(reading: object): reading is Unfit {
  return "unfit" in reading;
}
