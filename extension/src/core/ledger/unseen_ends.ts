/** Sites whose tasks are claimed and never seen to end: their pages say it in a way that the pack does not know. Pure. */

import type { LedgerRecord } from "./record";

export const UNSEEN_MS = 7 * 86_400_000;
/** One or two may be missed by chance: a closed tab, a telephone. */
const LEAST_CLAIMS = 3;

/** Slugs of sites with several claims among `records`, of a week, and no end that was seen. */
export function sitesWithoutEnds(records: readonly LedgerRecord[]): string[] {
  const seen = new Map<string, { claims: number; ends: number }>();
  for (const { platform, by_hand, end_imputed, extension_version } of records) {
    if (by_hand || extension_version === undefined) continue; // by hand, of a file, or of an earlier version
    const site = seen.get(platform) ?? { claims: 0, ends: 0 };
    site.claims += 1;
    site.ends += end_imputed ? 0 : 1;
    seen.set(platform, site);
  }
  return [...seen]
    .filter(([, { claims, ends }]) => claims >= LEAST_CLAIMS && ends === 0)
    .map(([slug]) => slug);
}
