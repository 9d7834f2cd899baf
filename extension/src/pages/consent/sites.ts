/** The sites: each is switched on by the worker and allowed by the browser, or it is not looked at. */

import { bundled } from "../../core/packs/packs";
import type { Pack } from "../../generated/contract";
import { isGranted, language, requestOrigins, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { dayName } from "../ledger/words";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

type Say = (words: string) => void;

export async function sites(say: Say): Promise<HTMLElement> {
  const on = await settings.platforms.get();
  const labels: HTMLElement[] = [];
  for (const pack of byUse(bundled)) {
    const isOn = on[pack.slug] === true && (await isGranted(pack.hosts));
    const { label, box } = choice(`site-${pack.slug}`, isOn, pack.name, noteOf(pack));
    box.addEventListener("change", () => switchSite(pack, box, say));
    labels.push(label);
  }
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("consent_sites")),
    h("p", { class: "soft small" }, text("consent_sites_note")),
    h("div", { class: "sites" }, ...labels),
  );
}

/** Live markets first, then those that only hand out their history; each by name. */
export function byUse(packs: readonly Pack[]): Pack[] {
  return packs.toSorted(
    (one, other) =>
      Number(historyUntil(one) !== null) - Number(historyUntil(other) !== null) ||
      one.name.localeCompare(other.name, "en"),
  );
}

function noteOf(pack: Pack): string | null {
  const until = historyUntil(pack);
  if (until !== null)
    return text("consent_site_history", dayName(until, false, { text, locale: language() }));
  return pack.status === "experimental" ? text("consent_site_experimental") : null;
}

/** The day until which a closed market hands out a worker's history; null for one that is open. */
function historyUntil({ exports }: Pack): string | null {
  return exports.map(({ until }) => until).find((until) => until !== null) ?? null;
}

/** Which sites' timings stay here although the others' are shared. */
export async function sharedSites(say: Say): Promise<HTMLElement> {
  const withheld = await settings.withheld.get();
  const labels = byUse(bundled).map(({ slug, name }) => {
    const { label, box } = choice(`share-${slug}`, withheld[slug] !== true, name);
    box.addEventListener("change", async () => {
      await send({ kind: "withhold", platform: slug, is_withheld: !box.checked });
      say(text("consent_saved"));
    });
    return label;
  });
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("options_shared_sites")),
    h("p", { class: "soft small" }, text("options_shared_sites_note")),
    h("div", { class: "sites" }, ...labels),
  );
}

/** The browser may only be asked straight from the click. */
async function switchSite(pack: Pack, box: HTMLInputElement, say: Say): Promise<void> {
  const isAllowed = box.checked ? await requestOrigins(pack.hosts) : true;
  if (!isAllowed) box.checked = false;
  const on = await settings.platforms.get();
  await settings.platforms.set({ ...on, [pack.slug]: box.checked });
  say(isAllowed ? text("consent_saved") : text("consent_site_denied", pack.name));
}
