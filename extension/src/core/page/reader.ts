/**
 * What a page tells, by its pack: (document, address, pack) → readings. Changes nothing and remembers nothing.
 *
 * Each reading checks itself: where rows, titles or pay no longer stand where the pack says, the answer is `unfit` with the
 * reason and no reading at all, so that a changed site costs a figure and never gives a wrong one.
 */

import type { Held, Listing, Page, Status, Work } from "../../generated/contract";
import type { HeldAttempt, LaterOutcome, TaskReading } from "../../model/readings";
import { idAt, type Place } from "./fields";
import { outcomesOf, tells } from "./outcome";
import { isUnfit, placeOf, type Sight, type Unfit } from "./page_context";
import { confirms, islandsOf, isNone, mainRecords, recordsOf } from "./records";
import { rowsRoot } from "./rows_root";
import { readTask, timingOf } from "./task";

export type { Sight, Unfit } from "./page_context";

/** A posted task that was found but not yet read; `element` null where the site's JSON alone tells of it. */
export interface Found {
  element: Element | null;
  /** The JSON that belongs to it, where the pack reads such. */
  record: unknown;
}

/** One row of a listing, found but not yet read. */
export interface Row extends Found {
  element: Element;
}

export interface RowReading {
  element: Element | null;
  task: TaskReading;
}

export interface WorkReading {
  /** "" where the site names none. */
  attempt: string;
  task: TaskReading;
  elapsed_seconds: number;
}

/** Where a site keeps its own links: none of them is a posted task. */
const NAVIGATION = "nav, header, footer, [role='navigation'], [role='menu'], [role='tablist']";
const PAYING: readonly LaterOutcome["outcome"][] = ["approved", "paid"];
const TRIED_ROWS = 50; // more than a screenful, few enough to try at every change
const LEAST_READ = 0.5; // of the rows must have a title; pay may be hidden in most of them

/** The rows of a listing, with its first ones tried: a long list is read row by row later, as rows come near the view. */
export function findRows(sight: Sight, listing: Listing): Found[] | Unfit {
  const rows = elementsOf(sight, listing);
  if (isUnfit(rows)) return rows;
  if (rows.length > 0) return doubtOf(sight, listing, rows) ?? rows;
  const { list } = listing;
  if (list === null || rowsRoot(sight.root, list).querySelector(list) !== null) return rows;
  return { unfit: "the list is gone" };
}

/** What stands in a list, with the record of each. */
function elementsOf(sight: Sight, reading: Listing | Held | Status): Found[] | Unfit {
  const skip = "skip" in reading ? reading.skip : 0;
  const { rows } = reading;
  const elements =
    rows === null ? null : Array.from(rowsRoot(sight.root, rows).querySelectorAll(rows)).slice(skip);
  if (elements?.some((element) => element.closest(NAVIGATION) !== null))
    return { unfit: "links are not rows" };
  const records = reading.records ? recordsOf(sight, reading.records, elements) : null;
  if (records !== null && isUnfit(records)) return records;
  if (elements === null) return (records ?? []).map((record) => ({ element: null, record }));
  const capture = captureOf(sight, reading, records);
  if (capture !== null && capture.matched < capture.expected * LEAST_READ) {
    return elements.length === 0 && isOtherTabOpen(sight, reading) ? [] : { unfit: "records without rows" };
  }
  return elements.map((element, place) => ({ element, record: records?.[place] }));
}

/** Whether another tab than the first of the list is open, so that its rows need not be drawn. */
function isOtherTabOpen({ root }: Sight, reading: Listing | Held | Status): boolean {
  const list = "list" in reading && reading.list !== null ? root.querySelector(reading.list) : null;
  const tabs = Array.from(list?.querySelectorAll("[role='tab']") ?? []);
  return tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true") > 0;
}

/** How many rows the site's own data tell of, and how many of them stand on the page; null where data tell nothing. */
export interface Capture {
  expected: number;
  matched: number;
}

/** Of records that rows find by a key: `rows` holds the record of each row. */
function captureOf(
  sight: Sight,
  { records }: Listing | Held | Status,
  rows: readonly unknown[] | null,
): Capture | null {
  if (records === null || records.tie !== "key" || rows === null) return null;
  const expected = mainRecords(sight, records);
  const found = new Set(rows);
  return { expected: expected.length, matched: expected.filter((record) => found.has(record)).length };
}

/**
 * How well the page is read now: for capture health. Where the site's own data list rows, those are expected; else the rows
 * that stand there. Null where the page lists nothing.
 */
export function readCapture(sight: Sight, page: Page): Capture | null {
  const reading = page.listing ?? page.held ?? page.status;
  if (reading === null) return null;
  const expected = reading.records === null ? 0 : mainRecords(sight, reading.records).length;
  const rows = elementsOf(sight, reading);
  if (isUnfit(rows)) return { expected, matched: 0 };
  const tied = captureOf(sight, reading, reading.rows === null ? null : rows.map(({ record }) => record));
  if (tied !== null) return rows.length === 0 && isOtherTabOpen(sight, reading) ? null : tied;
  const tried = rows.slice(0, TRIED_ROWS);
  return { expected: tried.length, matched: tried.filter((row) => isRead(sight, page, row)).length };
}

function isRead(sight: Sight, { listing, held, status }: Page, row: Found): boolean {
  if (listing !== null) return readRow(sight, listing, row) !== null;
  const place = placeOf(sight, row.element ?? sight.root, row.record);
  if (held !== null) return !isUnfit(claimAt(sight, held, place));
  return status !== null && tells(status, place);
}

/** Why the first rows do not read; null where they do. */
function doubtOf(sight: Sight, listing: Listing, rows: readonly Found[]): Unfit | null {
  const tried = rows.slice(0, TRIED_ROWS);
  const read = tried.flatMap((row) => readRow(sight, listing, row) ?? []);
  if (read.length < tried.length * LEAST_READ) return { unfit: "titles cannot be read" };
  const isPaid = read.length === 0 || read.some((task) => task.reward !== null);
  return isPaid ? null : { unfit: "pay cannot be read" };
}

/** The posted task of one row; null where it tells no title. */
export function readRow(sight: Sight, listing: Listing, { element, record }: Found): TaskReading | null {
  const task = readTask(listing.task, placeOf(sight, element ?? sight.root, record), sight.pack);
  return task !== null && confirms(element, listing.records, task.task.title) ? task : null;
}

/** All posted tasks at once, one a row; rows that tell no title are left out. */
export function readListing(sight: Sight, listing: Listing): RowReading[] | Unfit {
  const rows = findRows(sight, listing);
  if (isUnfit(rows)) return rows;
  return rows.flatMap((row) => {
    const task = readRow(sight, listing, row);
    return task === null ? [] : [{ element: row.element, task }];
  });
}

/** The claimed task; null where the site's JSON says that there is none. Without pay it is still one: its time counts. */
export function readWork(sight: Sight, work: Work): WorkReading | Unfit | null {
  const islands = islandsOf(sight, work.islands);
  const telling = work.islands.find(({ name }) => name === work.attempt?.island);
  if (isNone(sight, telling, islands)) return null;
  return claimAt(sight, work, { ...placeOf(sight, sight.root, undefined), islands });
}

/** Open attempts that a page lists: all of them or none, since what is not among them is over. */
export function readHeld(sight: Sight, held: Held): HeldAttempt[] | Unfit {
  const rows = elementsOf(sight, held);
  if (isUnfit(rows)) return rows;
  const read = rows.map(({ element, record }) =>
    claimAt(sight, held, placeOf(sight, element ?? sight.root, record)),
  );
  const attempts = read.flatMap((one) => (isUnfit(one) ? [] : [one]));
  return attempts.length < rows.length ? { unfit: "open attempts cannot be read" } : attempts;
}

function claimAt(sight: Sight, claimed: Work | Held, place: Place): WorkReading | Unfit {
  const attempt = claimed.attempt === null ? "" : idAt(claimed.attempt, place);
  const task = readTask(claimed.task, place, sight.pack);
  if (attempt === null) return { unfit: "the attempt cannot be read" };
  if (task === null) return { unfit: "the title cannot be read" };
  const now = (sight.now ?? Date.now)();
  const { elapsed_seconds, limit_seconds } = timingOf(claimed.clock, place, task.limit_seconds, now);
  return { attempt, task: { ...task, limit_seconds }, elapsed_seconds };
}

/** What became of earlier attempts; words that the pack does not know are left out. */
export function readStatus(sight: Sight, status: Status): LaterOutcome[] | Unfit {
  const rows = elementsOf(sight, status);
  if (isUnfit(rows)) return rows;
  const places = rows.map(({ element, record }) => placeOf(sight, element ?? sight.root, record));
  const told = places.filter((place) => tells(status, place));
  if (told.length < rows.length * LEAST_READ) return { unfit: "outcomes cannot be read" };
  const outcomes = told.map((place) => outcomesOf(status, place));
  return isPayLost(status, outcomes) ? { unfit: "pay cannot be read" } : outcomes.flat();
}

/** Whether most work that was paid shows no amount, though the site has a place for it. */
function isPayLost(status: Status, outcomes: readonly LaterOutcome[][]): boolean {
  if (status.paid === null) return false;
  const paid = outcomes.flatMap((lines) => lines.slice(-1)).filter(({ outcome }) => PAYING.includes(outcome));
  return paid.filter((line) => line.paid !== null).length < paid.length * LEAST_READ;
}
