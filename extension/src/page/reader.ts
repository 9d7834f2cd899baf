/**
 * What a page tells, by its pack: (document, address, pack) → readings. Changes nothing and remembers nothing.
 *
 * Each reading checks itself: where rows, titles or pay no longer stand where the pack says, the answer is `unfit` with the
 * reason and no reading at all, so that a changed site costs a figure and never gives a wrong one.
 */

import type { Listing, Pack, Records, Status, TaskFields, Work } from "../generated/contract";
import type { LaterOutcome, TaskReading } from "../readings";
import { countAt, idAt, moneyAt, type Place, secondsAt, textAt, titleAt, wordsOf } from "./fields";
import { follow, island } from "./islands";

/** Where and by what we read. */
export interface Sight {
  root: Document;
  url: URL;
  pack: Pack;
}

export interface Unfit {
  unfit: string;
}

/** One row of a listing, found but not yet read. */
export interface Row {
  element: Element;
  /** The JSON that belongs to it, where the pack reads such. */
  record: unknown;
}

export interface RowReading {
  element: Element;
  task: TaskReading;
}

export interface WorkReading {
  attempt: string;
  task: TaskReading;
  elapsed_seconds: number;
}

const NO_ISLANDS: ReadonlyMap<string, unknown> = new Map();
const TRIED_ROWS = 50; // more than a screenful, few enough to try at every change
const LEAST_READ = 0.5; // of the rows must have a title, and pay: one row without is a row, most without is a changed site

/** The rows of a listing, with its first ones tried: a long list is read row by row later, as rows come near the view. */
export function findRows(sight: Sight, listing: Listing): Row[] | Unfit {
  const elements = Array.from(sight.root.querySelectorAll(listing.rows)).slice(listing.skip);
  const records = listing.records ? recordsOf(sight, listing.records, elements) : null;
  if (records !== null && "unfit" in records) return records;
  const rows = elements.map((element, place) => ({ element, record: records?.[place] }));
  if (rows.length > 0 || listing.list === null || sight.root.querySelector(listing.list)) {
    return doubtOf(sight, listing, rows) ?? rows;
  }
  return { unfit: "the list is gone" };
}

/** Why the first rows do not read; null where they do. */
function doubtOf(sight: Sight, listing: Listing, rows: readonly Row[]): Unfit | null {
  const tried = rows.slice(0, TRIED_ROWS);
  const read = tried.flatMap((row) => readRow(sight, listing, row) ?? []);
  if (read.length < tried.length * LEAST_READ) return { unfit: "titles cannot be read" };
  const paid = read.filter((task) => task.reward !== null);
  return paid.length < read.length * LEAST_READ ? { unfit: "pay cannot be read" } : null;
}

/** The posted task of one row; null where it tells no title. */
export function readRow(sight: Sight, listing: Listing, { element, record }: Row): TaskReading | null {
  const task = readTask(listing.task, placeOf(sight, element, record), sight.pack);
  return task !== null && confirms(element, listing.records, task.task.title) ? task : null;
}

/** All posted tasks at once, one a row; rows that tell no title are left out. */
export function readListing(sight: Sight, listing: Listing): RowReading[] | Unfit {
  const rows = findRows(sight, listing);
  if ("unfit" in rows) return rows;
  return rows.flatMap((row) => {
    const task = readRow(sight, listing, row);
    return task === null ? [] : [{ element: row.element, task }];
  });
}

/** The claimed task. Without pay it is still one: its time counts. */
export function readWork(sight: Sight, work: Work): WorkReading | Unfit {
  const islands = new Map(work.islands.map((one) => [one.name, island(sight.root, one)]));
  const place: Place = { ...placeOf(sight, sight.root, undefined), islands };
  const attempt = idAt(work.attempt, place);
  const task = readTask(work.task, place, sight.pack);
  if (attempt === null) return { unfit: "the attempt cannot be read" };
  if (task === null) return { unfit: "the title cannot be read" };
  return { attempt, task, elapsed_seconds: elapsed(work, place, task.limit_seconds) };
}

/** What became of earlier attempts; words that the pack does not know are left out. */
export function readStatus(sight: Sight, status: Status): LaterOutcome[] | Unfit {
  const rows = status.rows === null ? null : Array.from(sight.root.querySelectorAll(status.rows));
  const records = status.records ? recordsOf(sight, status.records, rows) : null;
  if (records !== null && "unfit" in records) return records;
  const count = rows?.length ?? records?.length ?? 0;
  const places = Array.from({ length: count }, (_, index) =>
    placeOf(sight, rows?.[index] ?? sight.root, records?.[index]),
  );
  const told = places.filter((place) => idAt(status.attempt, place) && textAt(status.outcome, place));
  if (told.length < count * LEAST_READ) return { unfit: "outcomes cannot be read" };
  return told.flatMap((place) => outcomeOf(status, place) ?? []);
}

function placeOf(sight: Sight, root: Document | Element, record: unknown): Place {
  return { root, url: sight.url, record, islands: NO_ISLANDS, currency: sight.pack.currency };
}

function readTask(fields: TaskFields, place: Place, pack: Pack): TaskReading | null {
  const title = titleAt(fields.title, place);
  if (title === null) return null;
  const client = { id: idAt(fields.client_id, place), name: titleAt(fields.client_name, place) };
  return {
    platform: pack.slug,
    client: client.id === null && client.name === null ? null : client,
    task: { id: idAt(fields.task_id, place), title },
    reward: moneyAt(fields.reward, place),
    reward_per: fields.reward_per,
    units: countAt(fields.units, place) ?? 1,
    limit_seconds: secondsAt(fields.limit_seconds, place),
    estimate_seconds: secondsAt(fields.estimate_seconds, place),
    pack: { slug: pack.slug, version: pack.version },
  };
}

function elapsed(work: Work, place: Place, limit: number | null): number {
  const told = secondsAt(work.elapsed_seconds, place);
  if (told !== null) return told;
  const remaining = secondsAt(work.remaining_seconds, place);
  return remaining === null || limit === null ? 0 : Math.max(0, limit - remaining);
}

/** One record a row, in the order of the rows. `rows` null: the records as they come. */
function recordsOf(sight: Sight, records: Records, rows: Element[] | null): unknown[] | Unfit {
  const found = island(sight.root, records);
  if (!Array.isArray(found)) return { unfit: "the records are gone" };
  if (rows === null) return found;
  if (records.tie === "key") return rows.map((row) => recordByKey(sight, records, row, found));
  return found.length === rows.length ? found : { unfit: "rows and records do not match" };
}

function recordByKey(sight: Sight, records: Records, row: Element, found: unknown[]): unknown {
  const wanted = textAt(records.row_key, placeOf(sight, row, undefined));
  if (wanted === null) return undefined;
  const matching = found.filter((record) => String(follow(record, records.key ?? "")) === wanted);
  return matching.length === 1 ? matching[0] : undefined;
}

function confirms(row: Element, records: Records | null, title: string): boolean {
  if (!records?.confirm) return true;
  const element = row.querySelector(records.confirm);
  return element !== null && wordsOf(element).includes(title);
}

function outcomeOf(status: Status, place: Place): LaterOutcome | null {
  const attempt = idAt(status.attempt, place);
  const said = plainWord(textAt(status.outcome, place) ?? "");
  const outcome = status.outcomes.find((one) => one.words.some((word) => plainWord(word) === said))?.outcome;
  if (attempt === null || outcome === undefined) return null;
  const isPaid = outcome === "approved" || outcome === "paid" || outcome === "screened_out";
  return { attempt, outcome, paid: isPaid ? moneyAt(status.paid, place) : null };
}

function plainWord(word: string): string {
  return word
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();
}
