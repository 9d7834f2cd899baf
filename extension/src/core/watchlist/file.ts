/** The list as a file to give to a group, and a group's file read with care: it may come from anybody. Pure. */

import { MAX_ID_LENGTH, MAX_TITLE_LENGTH } from "../../generated/contract";
import { parsed } from "../json";
import { cut } from "../text";
import { type Entry, MAX_ENTRIES, MAX_NOTE_LENGTH, type WatchList } from "./entry";

const VERSION = 1;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const SLUG = /^[a-z0-9_-]{1,40}$/;
const MAX_REVISION = 1_000_000;
/** A file beyond this is not one of ours. */
export const MAX_FILE_BYTES = 8_000_000;

/** JSON, the same for the same list. */
export function written(list: WatchList): string {
  const clients = Object.keys(list)
    .sort()
    .map((key) => list[key]);
  return `${JSON.stringify({ taskwage_watch_list: VERSION, clients }, null, 2)}\n`;
}

export interface FileRead {
  entries: Entry[];
  /** Entries that are none. */
  unread: number;
}

/** What the file holds; null where it is no watch list. */
export function read(text: string, today: string): FileRead | null {
  const given = parsed(text);
  if (!isObject(given) || given.taskwage_watch_list !== VERSION || !Array.isArray(given.clients)) return null;
  const entries = given.clients.slice(0, MAX_ENTRIES).flatMap((one) => entryOf(one, today) ?? []);
  return { entries, unread: given.clients.length - entries.length };
}

function entryOf(given: unknown, today: string): Entry | null {
  if (!isObject(given) || !isObject(given.client)) return null;
  const { platform, stance, note, noted_on, revision } = given;
  const id = wordOrNull(given.client.id, MAX_ID_LENGTH);
  const name = wordOrNull(given.client.name, MAX_TITLE_LENGTH);
  const isKnown = stance === "avoid" || stance === "favour" || stance === null;
  if (typeof platform !== "string" || !SLUG.test(platform) || !isKnown) return null;
  if (typeof note !== "string" || (stance === null && note === "") || (id === null && name === null))
    return null;
  if (typeof noted_on !== "string" || !DAY.test(noted_on)) return null;
  const isCount = typeof revision === "number" && Number.isInteger(revision);
  if (!isCount || revision < 1 || revision > MAX_REVISION) return null;
  const day = noted_on > today ? today : noted_on; // a clock that runs ahead would win for ever
  const kept = cut(note, MAX_NOTE_LENGTH);
  return { platform, client: { id, name }, stance, note: kept, noted_on: day, revision };
}

function wordOrNull(given: unknown, longest: number): string | null {
  return typeof given === "string" && given !== "" && given.length <= longest ? given : null;
}

function isObject(given: unknown): given is Record<string, unknown> {
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
