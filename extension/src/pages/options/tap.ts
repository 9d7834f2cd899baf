/** The tap in the settings: what it reads, what it risks, and one switch a site. */

import { bundled } from "../../core/packs/packs";
import { text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { choice } from "../panel/choice";
import { h } from "../panel/element";

export async function tapSection(): Promise<HTMLElement> {
  const on = await settings.taps.get();
  const isQuiet = await settings.is_quiet.get();
  const said = h("p", { role: "status", class: "soft small", id: "tap-said" });
  const labels = bundled
    .filter(({ tap }) => tap)
    .map(({ slug, name }) => {
      const { label, box } = choice(`tap-${slug}`, on[slug] === true, name);
      box.addEventListener("change", async () => {
        await settings.taps.set({ ...(await settings.taps.get()), [slug]: box.checked });
        said.textContent = text("tap_reload");
      });
      return label;
    });
  const section = h(
    "section",
    { class: "card", id: "tap" },
    h("h2", {}, text("tap_heading")),
    h("p", { class: "soft small" }, text("tap_note")),
    h("p", { class: "warn small" }, text("tap_risk")),
    isQuiet ? h("p", { class: "soft small", id: "tap-quiet" }, text("tap_quiet")) : null,
    h("div", { class: "sites" }, ...labels),
    said,
  );
  section.hidden = labels.length === 0;
  return section;
}
