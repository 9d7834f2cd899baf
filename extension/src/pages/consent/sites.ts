/** The sites: each is switched on by the worker and allowed by the browser, or it is not looked at. */

import { bundled } from "../../core/packs/packs";
import type { Pack } from "../../generated/contract";
import { isGranted, requestOrigins, send, text } from "../../platform/browser";
import { settings } from "../../platform/storage";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

type Say = (words: string) => void;

export async function sites(say: Say): Promise<HTMLElement> {
  const on = await settings.platforms.get();
  const labels: HTMLElement[] = [];
  for (const pack of byName(bundled)) {
    const isOn = on[pack.slug] === true && (await isGranted(pack.hosts));
    const note = pack.status === "experimental" ? text("consent_site_experimental") : null;
    const { label, box } = choice(`site-${pack.slug}`, isOn, pack.name, note);
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

/** As people look for them. */
function byName(packs: readonly Pack[]): Pack[] {
  return packs.toSorted((one, other) => one.name.localeCompare(other.name, "en"));
}

/** Which sites' timings stay here although the others' are shared. */
export async function sharedSites(say: Say): Promise<HTMLElement> {
  const withheld = await settings.withheld.get();
  const labels = byName(bundled).map(({ slug, name }) => {
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
