/** The site's JSON beside its rows: which record is a row's, and which island a page's. */

import type { Island, Records } from "../../generated/contract";
import { follow, island, whole } from "./embedded_json";
import { idAt, type Place, textAt, wordsOf } from "./fields";
import type { Sight, Unfit } from "./page_context";
import { placeOf } from "./page_context";

/** One record a row, in the order of the rows. `rows` null: the records as they come. */
export function recordsOf(sight: Sight, records: Records, rows: Element[] | null): unknown[] | Unfit {
  const found = arraysOf(sight, records);
  if (found === null) return { unfit: "the records are gone" };
  if (rows === null) return found;
  if (records.tie === "key") return tiedByKey(sight, records, rows, found);
  return found.length === rows.length ? found : { unfit: "rows and records do not match" };
}

function arraysOf(sight: Sight, records: Records): unknown[] | null {
  const first = island(sight.root, sight.replies, records);
  const top = records.more.length === 0 ? undefined : whole(sight.root, sight.replies, records);
  const arrays = [first, ...records.more.map((path) => follow(top, path))].filter(Array.isArray);
  return arrays.length === 0 ? null : arrays.flat();
}

/** The records of the page itself. Further arrays (`more`) may belong to tabs of it that are closed. */
export function mainRecords(sight: Sight, records: Records): unknown[] {
  const main = island(sight.root, sight.replies, records);
  return Array.isArray(main) ? main : [];
}

function keyOf(record: unknown, key: string | null): string | undefined {
  const value = key === null ? undefined : follow(record, key);
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The record of each row by its key: every key of a record and of a row is read once. */
function tiedByKey(sight: Sight, records: Records, rows: readonly Element[], found: unknown[]): unknown[] {
  const byKey = keyed(found, records.key);
  return rows.map((row) => {
    const name = textAt(records.row_key, placeOf(sight, row, undefined));
    return name === null ? undefined : byKey.get(name);
  });
}

/** Records by their key. A record told twice is one; of two that differ neither is known to be the row's. */
function keyed(found: readonly unknown[], key: string | null): Map<string, unknown> {
  const records = new Map<string, unknown>();
  const shared = new Set<string>();
  for (const record of found) {
    const name = keyOf(record, key);
    if (name === undefined) continue;
    const other = records.get(name);
    if (other === undefined) records.set(name, record);
    else if (JSON.stringify(other) !== JSON.stringify(record)) shared.add(name);
  }
  for (const name of shared) records.delete(name);
  return records;
}

/** Whether the row itself says the title of the record that was taken for its own. */
export function confirms(row: Element | null, records: Records | null, title: string): boolean {
  if (!records?.confirm || row === null) return true;
  const element = row.querySelector(records.confirm);
  return element !== null && wordsOf(element).includes(title);
}

/** The islands of a page by their names. */
export function islandsOf(sight: Sight, islands: readonly Island[]): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const one of islands) {
    const place: Place = { ...placeOf(sight, sight.root, undefined), islands: found };
    found.set(one.name, pick(one, sourceOf(sight, one), place));
  }
  return found;
}

/** What an island holds at the first of its places that holds anything. */
function sourceOf(sight: Sight, one: Island): unknown {
  const main = island(sight.root, sight.replies, one);
  if (!isEmpty(main) || one.more.length === 0) return main;
  const top = whole(sight.root, sight.replies, one);
  return one.more.map((path) => follow(top, path)).find((value) => !isEmpty(value)) ?? main;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

/** Whether an island's array is there without the record that is picked: what it tells of does not exist now. */
export function isNone(
  sight: Sight,
  one: Island | undefined,
  islands: ReadonlyMap<string, unknown>,
): boolean {
  if (!one || one.pick === null || islands.get(one.name) !== undefined) return false;
  return Array.isArray(sourceOf(sight, one));
}

function pick({ pick, key, key_at }: Island, found: unknown, place: Place): unknown {
  if (pick === null) return found;
  if (!Array.isArray(found)) return undefined;
  if (pick === "sole") return found.length === 1 ? found[0] : undefined;
  const name = idAt(key_at, place);
  return name === null ? undefined : keyed(found, key).get(name);
}
