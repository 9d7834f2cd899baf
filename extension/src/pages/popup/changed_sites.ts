/** What a worker can do about a site that changed: look at the shape of its page, and hand it to those who keep the packs. */

import { askFront, text } from "../../platform/browser";
import { download } from "../panel/download";
import { h } from "../panel/element";

/** A place for the offer, and what shows it there while a site is changed. It stays put while the rest is drawn anew. */
export function changedSite(): { place: HTMLElement; offer: (isChanged: boolean) => void } {
  const make = h("button", { type: "button", id: "report" }, text("report_make"));
  const shown = h("div", { class: "parts", "aria-live": "polite" });
  const place = h(
    "section",
    { class: "card parts", id: "changed", hidden: "" },
    h("h2", {}, text("report_title")),
    h("p", { class: "soft small" }, text("report_what")),
    make,
    shown,
  );
  make.addEventListener("click", async () => {
    const told = await askFront({ kind: "shape" });
    shown.replaceChildren(...(told === null ? [h("p", {}, text("report_open_page"))] : report(told)));
  });
  return {
    place,
    offer: (isChanged) => {
      place.hidden = !isChanged;
    },
  };
}

/** The whole report is shown before it can be taken anywhere. */
function report(told: { platform: string; report: string }): HTMLElement[] {
  const words = h("pre", { class: "report", id: "report-text", tabindex: "0", dir: "ltr" }, told.report);
  const copy = h("button", { type: "button", id: "report-copy" }, text("report_copy"));
  const save = h("button", { type: "button", id: "report-save" }, text("report_save"));
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(told.report);
    copy.textContent = text("report_copied");
  });
  save.addEventListener("click", () => {
    download(`taskwage-${told.platform}-page.txt`, told.report, "text/plain");
  });
  return [words, h("div", { class: "row" }, copy, save)];
}
