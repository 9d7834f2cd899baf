/** What the popup shows in quiet mode: the rates of the page in front, and the way to keep them beside it. */

import { openSidePanel, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";
import { liveRates } from "../side/live";

/** Null while badges stand in the pages themselves. */
export async function ratesInPopup(): Promise<HTMLElement | null> {
  if (!(await settings.is_quiet.get())) return null;
  const place = h("div", { class: "front" });
  const beside = h("button", { type: "button", id: "beside" }, text("popup_beside"));
  beside.addEventListener("click", () => openSidePanel());
  liveRates(place, () => false);
  return h("section", { class: "card" }, h("h2", {}, text("side_heading")), place, beside);
}
