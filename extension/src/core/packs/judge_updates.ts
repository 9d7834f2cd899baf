/**
 * What comes of a document of updates: (what is kept, what came) → what is kept then. Pure.
 *
 * A document that is not ours, is older or cannot be read changes nothing. In a good one, an update that does not fit is refused
 * with its reason and the last good one for its pack stays; the others are taken.
 */

import type { Pack, PackUpdate } from "../../generated/contract";
import { parsed } from "../json";
import { refusal } from "./apply_update";
import { asListed, asUpdate, isObject } from "./update_shape";
import type { KeptUpdates, Refusal } from "./update_state";

/** Made for another version of this extension: nothing is wrong with it. */
const ELSEWHERE: ReadonlySet<Refusal["reason"]> = new Set(["other_base", "unknown_pack"]);

/** A document whose signature holds. */
export interface Came {
  text: string;
  etag: string | null;
  signer: string;
}

export function judged(kept: KeptUpdates, came: Came, packs: readonly Pack[], today: string): KeptUpdates {
  const document = asListed(parsed(came.text));
  if (document === null) return refusedWhole(kept, "malformed", today);
  // A demo that was made anew has another key, and counts from its own beginning.
  const last = kept.signer === came.signer ? kept.serial : 0;
  if (document.serial < last) return refusedWhole(kept, "older", today);
  if (document.serial === last) return confirmed(kept);
  const updates: PackUpdate[] = [];
  const refusals: Refusal[] = [];
  for (const given of document.updates) {
    const update = asUpdate(given);
    const slug = update?.slug ?? slugOf(given);
    const refused = whyNot(update, packs);
    if (update !== null && refused === null) updates.push(update);
    else if (refused === null || !ELSEWHERE.has(refused.reason))
      refusals.push({ reason: "malformed", path: null, ...refused, slug, on: today });
  }
  const lost = refusals.map(({ slug }) => slug);
  const lastGood = kept.updates.filter(({ slug }) => lost.includes(slug));
  return {
    ...kept,
    serial: document.serial,
    etag: came.etag,
    signer: came.signer,
    updates: [...updates, ...lastGood.filter(({ slug }) => !updates.some((one) => one.slug === slug))],
    refusals,
  };
}

/** What is here is what stands: whatever came in its place meanwhile is over. */
export function confirmed(kept: KeptUpdates): KeptUpdates {
  return { ...kept, refusals: kept.refusals.filter(({ slug }) => slug !== null) };
}

/** The same, with why a document was not even looked at. */
export function refusedWhole(kept: KeptUpdates, reason: Refusal["reason"], today: string): KeptUpdates {
  const { refusals } = confirmed(kept);
  return { ...kept, refusals: [...refusals, { reason, slug: null, path: null, on: today }] };
}

function whyNot(update: PackUpdate | null, packs: readonly Pack[]): Pick<Refusal, "reason" | "path"> | null {
  if (update === null) return { reason: "malformed", path: null };
  const pack = packs.find(({ slug }) => slug === update.slug);
  return pack === undefined ? { reason: "unknown_pack", path: null } : refusal(pack, update);
}

function slugOf(given: unknown): string | null {
  return isObject(given) && typeof given.slug === "string" ? given.slug.slice(0, 31) : null;
}
