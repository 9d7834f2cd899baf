/** The way into teach mode: a button in the popup, on a site that no pack knows. */

import { packAt } from "../../core/packs/match";
import { bundled } from "../../core/packs/packs";
import { hostOf, nameOf } from "../../core/teach/address";
import { begun } from "../../core/teach/draft";
import { frontPage, requestOrigins, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";

/** Null where the page in front is none that could be taught, or is known already. */
export async function teachInPopup(): Promise<HTMLElement | null> {
  const front = await frontPage();
  const host = front && hostOf(front.address);
  if (front === null || host === null || packAt(bundled, new URL(front.address)) !== null) return null;
  const isTaught = (await settings.taught.get()).some(({ draft }) => draft.host === host);
  const name = nameOf(host);
  const words = isTaught ? text("teach_again_site", name) : text("teach_this_site", name);
  const start = h("button", { type: "button", id: "teach" }, words);
  const said = h("p", { role: "status", class: "soft small", id: "teach-said" });
  start.addEventListener("click", () => {
    void settings.teaching.set(begun(host, front.tab)); // before the browser asks: it may close the popup over its question
    void requestOrigins([host]).then(async (isAllowed) => {
      if (!isAllowed) {
        await settings.teaching.set(null);
        said.replaceChildren(text("consent_site_denied", name));
        return;
      }
      await send({ kind: "teach", host, tab: front.tab });
      said.replaceChildren(text("teach_begun"));
    });
  });
  return h(
    "section",
    { class: "card", id: "teaching" },
    h("h2", {}, text("teach_heading")),
    h("p", { class: "soft small" }, text(isTaught ? "teach_taught_note" : "teach_note")),
    start,
    said,
  );
}
