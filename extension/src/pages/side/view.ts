/** A list of rates as elements: one posted task a line, its explanation behind it. */

import { fillPill } from "../../core/badge/badge";
import { h } from "../panel/element";
import { fetchOffer } from "../panel/fetch_offer";
import type { Text } from "../panel/format";
import type { Shown } from "./front";

export function rateList(listed: readonly Shown[], text: Text): HTMLElement {
  return h("ul", { class: "rates" }, ...listed.map((one) => rateLine(one, text)));
}

function rateLine({ task, words }: Shown, text: Text): HTMLElement {
  const pill = h("span", {});
  fillPill(document, pill, words, text);
  pill.removeAttribute("aria-label"); // here all of it stands below
  const parts = words.parts.flatMap(({ label, value }) => [h("dt", {}, label), h("dd", {}, value)]);
  const client = task.client?.name ?? task.client?.id ?? null;
  return h(
    "li",
    {},
    h("p", { class: "title", dir: "auto" }, task.task.title),
    client === null ? null : h("p", { class: "soft small", dir: "auto" }, client),
    h(
      "details",
      {},
      h("summary", {}, pill),
      ...words.headlines.map((headline) => h("p", {}, headline)),
      parts.length > 0 ? h("dl", { class: "figures" }, ...parts) : null,
      words.offersRates ? fetchOffer(text) : null,
      ...words.notes.map((note) => h("p", { class: "soft small" }, note)),
    ),
  );
}
