/** Which sites changed so that a page of theirs no longer fits its pack: said once, and taken back when it reads again. */

import type { PageMessage } from "../core/messages";
import { packsNow } from "../core/packs/packs";
import { dayOf } from "../core/timer/hour";
import type { Page } from "../generated/contract";
import type { Edge } from "../platform/context";

type Reading = keyof Pick<Page, "listing" | "work" | "held" | "status">;

export async function unfit(edge: Edge, message: Extract<PageMessage, { kind: "unfit" }>): Promise<null> {
  const { settings, now } = edge;
  const { page, platform, reason } = message;
  if (!(await packsNow(edge)).some(({ slug }) => slug === platform)) return null;
  const known = await settings.unfit.get();
  await settings.unfit.set({ ...known, [platform]: { page, reason, on: dayOf(now()) } });
  return null;
}

/** A page of this kind reads again. */
export async function fits(edge: Edge, platform: string, reading: Reading): Promise<void> {
  const { settings } = edge;
  const { [platform]: was, ...others } = await settings.unfit.get();
  if (was === undefined) return;
  const pack = (await packsNow(edge)).find(({ slug }) => slug === platform);
  const page = pack?.pages.find(({ name }) => name === was.page);
  if (page === undefined || page[reading] !== null) await settings.unfit.set(others);
}
