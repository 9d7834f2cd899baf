/** The rates of the page in front, kept up to date in a place of one of our pages. */

import { onStoredChange, text } from "../../platform/browser";
import { siteName } from "../ledger/words";
import { h } from "../panel/element";
import { bestFirst, type Front, inFront } from "./front";
import { rateList } from "./view";

const AGAIN_MS = 1_500; // asks our own content script, not the site

/** Fills `place`; draws again only what changed, so that an open explanation stays open. Returns what looks at once. */
export function liveRates(place: HTMLElement, isBestFirst: () => boolean): () => void {
  let drawn = "";
  const show = async (): Promise<void> => {
    const found = await inFront();
    const shown = found !== null && isBestFirst() ? { ...found, rows: bestFirst(found.rows) } : found;
    const words = JSON.stringify(shown);
    if (words === drawn) return;
    drawn = words;
    place.replaceChildren(body(shown));
  };
  const failed = (): void => place.replaceChildren(h("p", { class: "warn" }, text("popup_failed")));
  const again = (): void => void show().catch(failed);
  onStoredChange(again);
  again();
  setInterval(again, AGAIN_MS);
  return again;
}

function body(front: Front | null): HTMLElement {
  if (front === null) return h("p", { class: "soft" }, text("side_no_page"));
  if (front.isChanged) return h("p", { class: "warn" }, text("popup_unfit", siteName(front.platform)));
  return front.rows.length === 0
    ? h("p", { class: "soft" }, text("side_no_rows"))
    : rateList(front.rows, text);
}
