/**
 * The packs: every site as data. A content script holds none of them: it asks, and the background hands it the one of its site.
 */

import type { Pack } from "../../generated/contract";
import listed from "../../generated/packs.json";
import type { Edge } from "../../platform/context";
import { taught } from "../teach/keep";
import { packAt } from "./match";
import { updated } from "./sync_updates";

/** Every site this build was made with, also those known by name only. */
export const known = listed as unknown as readonly Pack[];

/** Sites whose pages can be read, as this build was made with them. */
export const bundled: readonly Pack[] = known.filter((pack) => pack.pages.length > 0);

/** The packs that hold now: those of the build with accepted updates laid over, and those the worker taught. */
export async function packsNow(edge: Edge): Promise<readonly Pack[]> {
  const [sites, own] = await Promise.all([updated(edge, bundled), taught(edge)]);
  return [...sites, ...own];
}

/** The pack for a page at this address; null where there is none. */
export async function packFor(edge: Edge, address: string): Promise<Pack | null> {
  return URL.canParse(address) ? packAt(await packsNow(edge), new URL(address)) : null;
}

/** What a site is called; also one that is known by name only. */
export function packOf(slug: string): Pack | undefined {
  return known.find((pack) => pack.slug === slug);
}
