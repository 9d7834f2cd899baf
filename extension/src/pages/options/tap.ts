/** The tap in the settings: what it reads, what it risks, and one switch a site. */

import { bundled } from "../../core/packs/packs";
import { text } from "../../platform/browser";
import { releaseReplies, requestReplies } from "../../platform/network";
import { settings } from "../../platform/settings";
import { plans, replyHosts } from "../../tap/plan";
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
        // The browser may only be asked straight from the click.
        const isAllowed = box.checked ? await requestReplies(hostsOf(slug)) : true;
        if (!isAllowed) box.checked = false;
        const taps = { ...(await settings.taps.get()), [slug]: box.checked };
        await settings.taps.set(taps);
        if (!Object.values(taps).includes(true)) await releaseReplies();
        const isOver = !box.checked && __BROWSER__ === "firefox"; // nothing of ours was in the page
        said.textContent = isAllowed
          ? text(isOver ? "consent_saved" : "tap_reload")
          : text("tap_denied", name);
      });
      return label;
    });
  const section = h(
    "section",
    { class: "card", id: "tap" },
    h("h2", {}, text("tap_heading")),
    h("p", { class: "soft small" }, text("tap_note")),
    h("p", { class: "warn small" }, text(__BROWSER__ === "firefox" ? "tap_risk_firefox" : "tap_risk")),
    isQuiet ? h("p", { class: "soft small", id: "tap-quiet" }, text("tap_quiet")) : null,
    h("div", { class: "sites" }, ...labels),
    said,
  );
  section.hidden = labels.length === 0;
  return section;
}

function hostsOf(slug: string): string[] {
  return plans.filter((plan) => plan.slug === slug).flatMap(replyHosts);
}
