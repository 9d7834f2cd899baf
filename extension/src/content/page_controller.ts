/**
 * One kind of page at one address, from its arrival to its end: reads it again whenever it changes and tells what is new.
 *
 * What cannot be read is given time first, since sites draw in steps; then it is reported once and the page is left alone.
 */

import type { PageMessage } from "../core/messages";
import { endings } from "../core/page/endings";
import { idAt } from "../core/page/fields";
import { isUnfit, placeOf } from "../core/page/page_context";
import {
  type Found,
  findRows,
  readCapture,
  readHeld,
  readStatus,
  readWork,
  type Sight,
} from "../core/page/reader";
import { type End, endOfForm, endOfPress, endOfReply } from "../core/page/signals";
import { readStatement } from "../core/page/statement";
import { reportOf } from "../core/shape/report";
import { cut } from "../core/text";
import type { Held, Listing, Page, Work } from "../generated/contract";
import { type BeatAnswer, MADE_NAME, type Subject } from "../model/readings";

/** How long a page may stay unreadable before it counts as changed. */
export const PATIENCE_MS = 5_000;
/** A page that goes on later than this does not do so for what was pressed. */
export const PRESS_MS = 60_000;
/** A made name needs no more of a title to tell tasks apart. */
const MOST_NAME = 300;

export interface Visit {
  /** Reads what may have changed. `touched` empty: everything. */
  look: (touched: ReadonlySet<Element>) => void;
  /** A form was sent. */
  sent: (form: Element) => void;
  /** The worker pressed something; it counts once the page goes on. */
  pressed: (element: Element) => void;
  /** The tap heard a reply of that name. */
  heard: (name: string) => void;
  /** The background's answer to a beat of this attempt. */
  answered: (attempt: string, answer: Exclude<BeatAnswer, null>) => void;
  /** What the time on this page is for. */
  subject: () => Subject;
  /** The page no longer fits its pack. */
  isChanged: () => boolean;
  /** The shape of a page that no longer fits, for those who mend packs; null where it fits. */
  report: (isEndUnseen?: boolean) => string | null;
}

export interface Visiting {
  sight: Sight;
  page: Page;
  tell: (message: PageMessage) => void;
  /** Takes a listing's rows, and in which elements something changed; none: perhaps in all. */
  listed: (listing: Listing, rows: readonly Found[], touched: ReadonlySet<Element>) => void;
  /** The page was loaded again or gone back to. */
  isStale: boolean;
  /** The page before, in this tab, was that of a claimed task; or nobody says what it was. */
  isStraight: boolean;
  signal: AbortSignal;
  /** Milliseconds since some moment: no change of the machine's clock moves it. */
  clock?: () => number;
}

function monotonic(): number {
  return performance.now();
}

interface State {
  /** The last claim and the last outcomes as told. */
  told: Map<PageMessage["kind"], string>;
  attempt: string | null;
  isOver: boolean;
  /** This visit told of a claim before. */
  hasClaimed: boolean;
  isOff: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Until the page is drawn, and how well it is read can be counted. */
  counting: ReturnType<typeof setTimeout> | undefined;
  /** What pressing meant, if the page goes on: a button also does nothing where an answer is missing. */
  pressed: { end: End; at: number } | null;
  /** The page goes on: what was pressed did what it says. */
  leave: () => void;
  /** Attempts without a name of their own that ended here. */
  ends: number;
  /** Rows of the listing as they were read last. */
  rows: readonly Found[];
}

export function visit(visiting: Visiting): Visit {
  const { sight, page, signal, clock = monotonic } = visiting;
  const state = fresh();
  const ended = (end: End): void => {
    if (end.attempt === null || end.attempt === state.attempt) state.isOver = true;
    visiting.tell(endMessage(sight, end));
  };
  const ends = endings(sight, page, visiting.isStale, ended, signal);
  const look = (touched: ReadonlySet<Element>): void => {
    if (signal.aborted) return;
    ends.look();
    if (!concerns(page, touched) && !isRowGone(state)) return;
    const unfit = read(visiting, state, touched);
    state.counting ??= setTimeout(() => tellCapture(visiting), PATIENCE_MS);
    if (unfit === null) {
      clearTimeout(state.timer);
      state.timer = undefined;
      state.isOff = false; // a tab of the page was opened again, or it was drawn late
    } else if (!state.isOff) state.timer ??= setTimeout(() => giveUp(visiting, state), PATIENCE_MS);
  };
  const sent = (form: Element): void => {
    const end = endOfForm(sight, page, form);
    if (end) ends.tell(itsOwn(end));
  };
  const pressed = (element: Element): void => {
    tellTaken(visiting, element);
    const press = endOfPress(sight, page, element);
    if (press?.leaves) state.pressed = { end: itsOwn(press.end), at: clock() };
    else if (press) {
      ends.tell(itsOwn(press.end));
      if (page.work?.attempt === null) goOn(state);
    }
  };
  state.leave = () => {
    const last = state.pressed;
    state.pressed = null;
    if (last !== null && clock() - last.at <= PRESS_MS) ended(last.end);
  };
  const heard = (name: string): void => {
    const end = endOfReply(sight, page, name);
    if (end) ends.tell(itsOwn(end));
  };
  const itsOwn = (end: End): End => ({
    ...end,
    attempt: end.attempt ?? state.attempt,
  });
  signal.addEventListener("abort", () => {
    clearTimeout(state.timer);
    clearTimeout(state.counting);
    state.leave();
  });
  sight.root.defaultView?.addEventListener("pagehide", () => state.leave(), { signal });
  return {
    look,
    sent,
    pressed,
    heard,
    answered: (attempt, answer) => {
      if (attempt !== state.attempt) return;
      if (answer === "over") state.isOver = true;
      else {
        state.told.delete("claimed");
        look(new Set());
      }
    },
    subject: () => subjectOf(visiting, state),
    isChanged: () => state.isOff,
    report: (isEndUnseen = false) => reportHere(visiting, state, isEndUnseen),
  };
}

/** An end as it is told to the background. */
export function endMessage(sight: Sight, end: End): Extract<PageMessage, { kind: "ended" }> {
  const of_trial = end.attempt === null && claimsNothing(sight);
  return { kind: "ended", platform: sight.pack.slug, ...end, ...(of_trial && { of_trial }) };
}

/** Whether all work of the site is only opened, and counts once it is sent in. */
function claimsNothing({ pack }: Sight): boolean {
  const works = pack.pages.flatMap(({ work }) => work ?? []);
  return works.length > 0 && works.every(({ claimed_by }) => claimed_by === "submit");
}

function fresh(): State {
  const flags = { isOver: false, hasClaimed: false, isOff: false };
  const nothing = { attempt: null, timer: undefined, counting: undefined, pressed: null };
  return { told: new Map(), ends: 0, rows: [], ...flags, ...nothing, leave: () => undefined };
}

/** Tells what is new; answers why nothing can be read, if so. */
function read(visiting: Visiting, state: State, touched: ReadonlySet<Element>): string | null {
  tellOpened(visiting, state);
  const unfit = readMain(visiting, state, touched);
  tellStatement(visiting, state); // after the outcomes that it is held against
  return unfit;
}

function readMain(visiting: Visiting, state: State, touched: ReadonlySet<Element>): string | null {
  const { page } = visiting;
  if (page.work) return readClaim(visiting, state, page.work);
  const unfit = page.held && readOpen(visiting, state, page.held);
  if (unfit) return unfit;
  if (page.listing) {
    const rows = findRows(visiting.sight, page.listing);
    state.rows = isUnfit(rows) ? [] : rows;
    visiting.listed(page.listing, state.rows, touched);
    return isUnfit(rows) ? rows.unfit : null;
  }
  return readDecided(visiting, state);
}

function readClaim(visiting: Visiting, state: State, work: Work): string | null {
  const claim = readWork(visiting.sight, work);
  if (claim === null) {
    state.attempt = null;
    state.told.delete("claimed"); // the same task may be claimed once more
    return null;
  }
  if (isUnfit(claim)) return claim.unfit;
  const attempt =
    claim.attempt === "" ? madeName(visiting.sight, state, claim.task.task.title) : claim.attempt;
  if (state.attempt !== attempt) {
    if (state.attempt !== null) state.leave();
    state.isOver = false;
  }
  state.attempt = attempt;
  const { works, claimed_by } = work;
  const next = visiting.isStraight ? work.next : null;
  const what = JSON.stringify([attempt, claim.task]);
  const isArrival = claim.attempt === "" && !state.hasClaimed && !visiting.isStale;
  state.hasClaimed = true;
  const claimed = { kind: "claimed" as const, ...claim, attempt, works, claimed_by, next };
  tellNew(visiting, state, { ...claimed, ...(isArrival && { is_arrival: true }) }, what);
  return null;
}

/** A name for an attempt that the site gives none: the same when its page is loaded again, another for another task there. */
function madeName({ url }: Sight, state: State, title: string): string {
  return `${MADE_NAME}${cut([url.pathname, title, state.ends].join(" "), MOST_NAME)}`;
}

/** What comes next in this place is another attempt, also where nothing in it tells them apart. */
function goOn(state: State): void {
  state.ends += 1;
  state.attempt = null;
  state.told.delete("claimed");
}

/** The row whose task the worker takes: the page of the claim may not say which it is. */
function tellTaken({ sight, page, tell }: Visiting, element: Element): void {
  const { claims = null, rows = null, opens = null } = page.listing ?? {};
  const row = claims !== null && element.closest(claims) !== null ? element.closest(rows ?? ":not(*)") : null;
  const task = row && idAt(opens, placeOf(sight, row, undefined));
  if (task) tell({ kind: "opened", platform: sight.pack.slug, task });
}

function readOpen(visiting: Visiting, state: State, held: Held): string | null {
  const attempts = readHeld(visiting.sight, held);
  if (isUnfit(attempts)) return attempts.unfit;
  const what = JSON.stringify(attempts.map(({ attempt, task }) => [attempt, task]));
  const { slug: platform } = visiting.sight.pack;
  tellNew(visiting, state, { kind: "held", platform, attempts, gone: held.gone }, what);
  return null;
}

function readDecided(visiting: Visiting, state: State): string | null {
  const { sight, page } = visiting;
  const outcomes = page.status && readStatus(sight, page.status);
  if (outcomes === null) return null;
  if (isUnfit(outcomes)) return outcomes.unfit;
  const what = JSON.stringify(outcomes);
  const { slug: platform } = sight.pack;
  if (outcomes.length > 0) tellNew(visiting, state, { kind: "outcomes", platform, outcomes }, what);
  return null;
}

function tellStatement(visiting: Visiting, state: State): void {
  const { sight, page } = visiting;
  const statement = page.statement && readStatement(sight, page.statement);
  if (!statement) return;
  tellNew(
    visiting,
    state,
    { kind: "statement", platform: sight.pack.slug, statement },
    JSON.stringify(statement),
  );
}

/** Which posted task this page shows, if any: a claim that comes next in this tab is of it. */
function tellOpened(visiting: Visiting, state: State): void {
  const { sight, page } = visiting;
  if (page.work !== null || sight.pack.pages.every(({ opens }) => opens === null)) return;
  const task = idAt(page.opens, placeOf(sight, sight.root, undefined));
  tellNew(visiting, state, { kind: "opened", platform: sight.pack.slug, task }, String(task));
}

/** Says it unless the same was said before: a page drawn in steps may tell more of a task later. */
function tellNew(visiting: Visiting, state: State, message: PageMessage, what: string): void {
  if (state.told.get(message.kind) === what) return;
  state.told.set(message.kind, what);
  visiting.tell(message);
}

/** Once a visit, when the page is drawn: how many rows it has and how many of them are read. */
function tellCapture({ sight, page, tell, signal }: Visiting): void {
  const capture = signal.aborted ? null : readCapture(sight, page);
  if (capture === null || capture.expected === 0) return;
  tell({ kind: "capture", platform: sight.pack.slug, ...capture });
}

function giveUp(visiting: Visiting, state: State): void {
  const reason = read(visiting, state, new Set());
  state.timer = undefined;
  if (reason === null) return;
  state.isOff = true;
  visiting.tell({ kind: "unfit", platform: visiting.sight.pack.slug, page: visiting.page.name, reason });
}

/** Of a page that changed; and of one of which nothing is known, on a site whose pack asks for shapes. */
function reportHere(visiting: Visiting, state: State, isEndUnseen: boolean): string | null {
  const { sight, page } = visiting;
  if (isUnknown(sight, page)) return reportOf(sight, page, "nothing is known of this page yet");
  if (isEndUnseen && !state.isOff) return reportOf(sight, page, "the ends of tasks are not seen");
  const reason = state.isOff ? read(visiting, state, new Set()) : null;
  return reason === null ? null : reportOf(sight, page, reason);
}

export function isUnknown({ pack }: Sight, page: Page): boolean {
  const isRead = (page.listing ?? page.work ?? page.held ?? page.status) !== null;
  return !isRead && pack.replies.some(({ reads }) => reads === "shape");
}

function subjectOf({ sight, page }: Visiting, state: State): Subject {
  const platform = sight.pack.slug;
  if (state.attempt !== null && !state.isOver) return { kind: "task", platform, attempt: state.attempt };
  if (page.overhead !== null) return { kind: "overhead", platform, overhead: page.overhead };
  return { kind: "none" };
}

/** The last row that leaves takes with it all that says where rows are. */
function isRowGone({ rows }: State): boolean {
  return rows.some(({ element }) => element !== null && !element.isConnected);
}

/** A listing of a thousand rows is read again only for a change in it; a clock ticking beside it is none. */
function concerns(page: Page, touched: ReadonlySet<Element>): boolean {
  const { listing } = page;
  if (listing === null || touched.size === 0) return true;
  const matters = [listing.rows, listing.records?.at].filter((one) => typeof one === "string").join(", ");
  if (matters === "") return false; // a reply tells, and it is no change of the page
  return Array.from(touched).some(
    (one) => one.closest(matters) !== null || one.querySelector(matters) !== null,
  );
}
