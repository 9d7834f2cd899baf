/** The packs this build knows: every site as data. */

import type { Pack } from "./generated/contract";
import listed from "./generated/packs.json";

/** Sites whose pages can be read; the others are known by name only. */
export const packs: readonly Pack[] = (listed as unknown as Pack[]).filter((pack) => pack.pages.length > 0);

export function packOf(slug: string): Pack | undefined {
  return packs.find((pack) => pack.slug === slug);
}
