/** Where the content script runs: on sites that the worker switched on and the browser allows, and nowhere else. */

import type { Pack } from "../generated/contract";
import {
  isGranted,
  registeredScripts,
  registerScripts,
  runInOpenPages,
  type SiteScript,
  unregisterScripts,
} from "../platform/browser";

/** Registrations to take away and to add, so that exactly `wanted` stand. */
export function difference(
  wanted: readonly SiteScript[],
  standing: readonly SiteScript[],
): { gone: string[]; added: SiteScript[] } {
  const words = (script: SiteScript): string => [script.id, ...script.matches.toSorted()].join("\n");
  const had = new Set(standing.map(words));
  const want = new Set(wanted.map(words));
  return {
    gone: standing.filter((script) => !want.has(words(script))).map(({ id }) => id),
    added: wanted.filter((script) => !had.has(words(script))),
  };
}

/** The tap in the page's own world, and our ear for it. Firefox shows replies to the background, so no script is in the page's world. */
const TAPPING = __BROWSER__ === "firefox" ? (["ear"] as const) : (["ear", "tap"] as const);

/** Makes registrations agree with the switches and the permissions. The browser forgets them now and then: call at every start. */
export async function reconcile(
  packs: readonly Pack[],
  platforms: Record<string, boolean>,
  tapped: Record<string, boolean> = {},
  teaching: string | null = null,
): Promise<void> {
  const wanted: SiteScript[] = [];
  if (teaching !== null) wanted.push({ id: "teaching", matches: [teaching], part: "teach" });
  for (const { slug, hosts, pages, tap } of packs) {
    if (!platforms[slug] || pages.length === 0 || !(await isGranted(hosts))) continue;
    wanted.push({ id: slug, matches: hosts });
    if (tap && tapped[slug])
      wanted.push(...TAPPING.map((part) => ({ id: `${slug}.${part}`, matches: hosts, part })));
  }
  const { gone, added } = difference(wanted, await registeredScripts());
  if (gone.length > 0) await unregisterScripts(gone);
  if (added.length > 0) await registerScripts(added);
  // Pages that are open already get the script too; what listens to a site's network must come before the page's first request.
  for (const { matches, part } of added) if (part === undefined) await runInOpenPages(matches);
}
