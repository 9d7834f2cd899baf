/** The side panel: the rates of the listing in front, for those who want nothing put into the page. */

import { text } from "../../platform/browser";
import { choice } from "../panel/choice";
import { h } from "../panel/element";
import { begin } from "../panel/page";
import { liveRates } from "./live";

function main(root: HTMLElement): void {
  begin(text("side_heading"));
  const order = choice("best-first", false, text("side_best_first"));
  const place = h("div", { id: "rates" });
  const title = h("h1", {}, text("side_heading"));
  root.append(
    h("header", { class: "brand" }, h("img", { src: "icons/32.png", alt: "" }), title),
    order.label,
    place,
  );
  order.box.addEventListener(
    "change",
    liveRates(place, () => order.box.checked),
  );
}

const root = document.getElementById("side");
if (root) main(root);
