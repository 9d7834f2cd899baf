/** Where and by what we read: a document at an address with its pack, and what else may be known there. */

import type { Pack } from "../../generated/contract";
import type { Place, Replies } from "./fields";

export interface Sight {
  root: Document;
  url: URL;
  pack: Pack;
  /** What the tap heard; without it nothing is listened to. */
  replies?: Replies;
  /** The clock, for pages that tell when a task was claimed and not how long ago. */
  now?: () => number;
}

/** Why nothing is read from a page. */
export interface Unfit {
  unfit: string;
}

const NO_ISLANDS: ReadonlyMap<string, unknown> = new Map();

/** A row, or the whole page, as a place to read fields from. */
export function placeOf(sight: Sight, root: Document | Element, record: unknown): Place {
  const { url, pack, now = Date.now } = sight;
  return { root, url, record, islands: NO_ISLANDS, currency: pack.currency, now: now() };
}

export function isUnfit(reading: object): reading is Unfit {
  return "unfit" in reading;
}
