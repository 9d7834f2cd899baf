/** What is taught, as it is kept on this device: begun, kept, given up. The background does this, since it alone may say where scripts run. */

import type { Pack } from "../../generated/contract";
import { isGranted, releaseOrigins, runTeaching } from "../../platform/browser";
import type { Edge } from "../../platform/context";
import type { Settings } from "../../platform/storage";
import { dayOf } from "../timer/hour";
import { nameOf, TAUGHT, taughtSlug } from "./address";
import { begun, type Draft } from "./draft";
import { packOfTaught, type Taught } from "./pack";

/** The packs that the worker taught. */
export async function taught({ settings }: Pick<Edge, "settings">): Promise<readonly Pack[]> {
  return (await settings.taught.get()).map(packOfTaught);
}

/** Where the script of teach mode runs now: in the one site that is being taught, if the worker let us. */
export async function teachingHost(settings: Settings): Promise<string | null> {
  const teaching = await settings.teaching.get();
  return teaching !== null && (await isGranted([teaching.draft.host])) ? teaching.draft.host : null;
}

/** Shows the panel in the page in front; it is there anew after each load until the lesson is over. */
export async function beginTeaching({ settings }: Edge, host: string, tab: number | null): Promise<null> {
  const teaching = await settings.teaching.get();
  if (teaching?.draft.host !== host) await settings.teaching.set(begun(host, tab));
  await resumeTeaching(settings);
  return null;
}

/** The browser's question may have closed the popup that asked it: then this is what goes on. */
export async function resumeTeaching(settings: Settings): Promise<void> {
  const teaching = await settings.teaching.get();
  if (teaching === null || teaching.tab === null || !(await isGranted([teaching.draft.host]))) return;
  await runTeaching(teaching.tab).catch(() => undefined); // the tab may be closed, or gone on to another site
}

/** Why a draft must not be kept; null where it may. What the panel saw is looked at once more. */
export function flaw({ list, work }: Draft): string | null {
  if (list !== null && (list.title === null || list.pay === null)) return "teach_doubt_no_money";
  if (list === null && (work === null || work.title === null)) return "teach_doubt_no_titles";
  return work !== null && work.submit === null ? "teach_doubt_no_submit" : null;
}

/** Keeps the lesson as a site like any other, switched on; answers what stands in the way, as a key of the catalogue. */
export async function keepTaught(edge: Edge): Promise<string | null> {
  const { settings } = edge;
  const teaching = await settings.teaching.get();
  if (teaching === null) return "teach_doubt_over";
  const { draft } = teaching;
  const whole = draft.work?.submit === null ? { ...draft, work: null } : draft;
  const trouble = flaw(whole);
  if (trouble !== null) return trouble;
  const known = await settings.taught.get();
  const slug = known.find((one) => one.draft.host === draft.host)?.slug ?? freeSlug(draft.host, known);
  const version = (known.find((one) => one.slug === slug)?.version ?? 0) + 1;
  const made: Taught = { slug, version, seen_on: dayOf(edge.now()), draft: whole };
  await settings.taught.set([...known.filter((one) => one.slug !== slug), made]);
  const { [slug]: _was, ...unfit } = await settings.unfit.get();
  await settings.unfit.set(unfit);
  await settings.teaching.set(null);
  await settings.own_names.set({ ...(await settings.own_names.get()), [slug]: nameOf(draft.host) });
  await settings.platforms.set({ ...(await settings.platforms.get()), [slug]: true });
  return null;
}

function freeSlug(host: string, known: readonly Taught[]): string {
  const wanted = taughtSlug(host);
  const isFree = (slug: string): boolean => !known.some((one) => one.slug === slug);
  if (isFree(wanted)) return wanted;
  const numbers = Array.from({ length: known.length + 1 }, (_, place) => `${TAUGHT}${place + 1}`);
  return numbers.find(isFree) ?? wanted;
}

/** The lesson is given up; the site is left as it was before, and so is what the browser allows. */
export async function stopTeaching({ settings }: Edge, packs: readonly Pack[]): Promise<null> {
  const teaching = await settings.teaching.get();
  await settings.teaching.set(null);
  if (teaching !== null && !isUsed(packs, teaching.draft.host)) await releaseOrigins([teaching.draft.host]);
  return null;
}

/** Forgets a taught site. What the ledger holds of it stays. */
export async function forgetTaught({ settings }: Edge, slug: string): Promise<null> {
  const known = await settings.taught.get();
  const gone = known.find((one) => one.slug === slug);
  const left = known.filter((one) => one.slug !== slug);
  await settings.taught.set(left);
  const { [slug]: _was, ...platforms } = await settings.platforms.get();
  await settings.platforms.set(platforms);
  if (gone !== undefined) await releaseOrigins([gone.draft.host]);
  return null;
}

function isUsed(packs: readonly Pack[], host: string): boolean {
  return packs.some(({ hosts }) => hosts.includes(host));
}
