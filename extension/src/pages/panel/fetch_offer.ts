/** The way to published rates for a worker who shares nothing: one click. */

import { send } from "../../platform/browser";
import { h } from "./element";
import type { Writing } from "./format";

/** "Rates are not fetched. Fetch them?" */
export function fetchOffer(text: Writing["text"]): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "fetch", title: text("badge_not_fetched_note") },
    text("badge_act_fetch"),
  );
  button.addEventListener("click", () => send({ kind: "fetch_rates" }));
  return h("p", { class: "soft" }, text("badge_not_fetched_headline"), " ", button);
}
