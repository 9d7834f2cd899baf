/**
 * What a worker can do about a site that changed, or that no pack reads yet: look at the shape of its page, and send it to the
 * people who keep the packs. It is shown in full before it goes anywhere.
 */

import type { ShapeTold } from "../../core/messages";
import { askFront, send, text } from "../../platform/browser";
import { download } from "../panel/download";
import { h } from "../panel/element";

/** A place for the offer, and what shows it there while a site is changed. It stays put while the rest is drawn again. */
export function changedSite(): { place: HTMLElement; offer: (isChanged: boolean) => void } {
  const make = h("button", { type: "button", id: "report" }, text("report_make"));
  const shown = h("div", { class: "parts", "aria-live": "polite" });
  const title = h("h2", {}, text("report_title"));
  const place = h(
    "section",
    { class: "card parts", id: "changed", hidden: "" },
    title,
    h("p", { class: "soft small" }, text("report_what")),
    make,
    shown,
  );
  const show = (told: ShapeTold | null): void => {
    shown.replaceChildren(...(told === null ? [h("p", {}, text("report_open_page"))] : report(told)));
  };
  make.addEventListener("click", async () => show(await askFront({ kind: "shape" })));
  let isAsked = false;
  const lookForUnknown = async (): Promise<void> => {
    const told = await askFront({ kind: "shape" });
    if (!told?.is_unknown) return;
    title.textContent = text("report_unknown");
    place.hidden = false;
    show(told);
  };
  let isUnknown = false;
  return {
    place,
    offer: (isChanged) => {
      if (!isAsked) void lookForUnknown().then(() => (isUnknown = !place.hidden));
      isAsked = true;
      place.hidden = !isChanged && !isUnknown;
    },
  };
}

/** The whole report is shown before it can be taken anywhere; one press sends it. */
function report(told: ShapeTold): HTMLElement[] {
  const words = h("pre", { class: "report", id: "report-text", tabindex: "0", dir: "ltr" }, told.report);
  const go = h("button", { type: "button", id: "report-send" }, text("report_send"));
  const copy = h("button", { type: "button", id: "report-copy" }, text("report_copy"));
  const save = h("button", { type: "button", id: "report-save" }, text("report_save"));
  const said = h("p", { role: "status", class: "soft small", id: "report-said" });
  go.addEventListener("click", async () => {
    const { platform, pack_version, page, report: shape } = told;
    go.disabled = true;
    const isTaken = await send({
      kind: "send_shape",
      report: { platform, pack_version, page, report: shape },
    });
    said.textContent = text(isTaken ? "report_sent" : "report_unsent");
    go.disabled = isTaken;
  });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(told.report);
    copy.textContent = text("report_copied");
  });
  save.addEventListener("click", () => {
    download(`taskwage-${told.platform}-page.txt`, told.report, "text/plain");
  });
  return [h("div", { class: "row" }, go, copy, save), said, words];
}
