/** The toolbar's popup: asks the background for the day, shows it, asks again while it is open. */

import { language, openPage, send, text } from "../../platform/browser";
import { h } from "../panel/element";
import { begin, links } from "../panel/page";
import { byHand } from "./by_hand";
import { changedSite } from "./changed_sites";
import { finishedTask } from "./finished";
import { questions } from "./proposals";
import { ratesInPopup } from "./side_panel";
import { teachInPopup } from "./teach";
import { popup } from "./view";

const AGAIN_MS = 2_000;
const writing = { text, locale: language() };

const asked = questions(writing);
const changed = changedSite();
const timed = byHand(writing);

type Finished = ReturnType<typeof finishedTask>;

async function show(place: HTMLElement, finished: Finished): Promise<void> {
  const today = await send({ kind: "today" });
  finished.ask(today.finished);
  timed.show(today);
  await asked.ask();
  const isOff = !today.consent.ledger && !today.consent.sharing;
  changed.offer(!isOff && today.unfit.length > 0);
  place.replaceChildren(...popup(today, writing));
  for (const button of document.querySelectorAll<HTMLButtonElement>("#refresh")) button.hidden = isOff;
  for (const button of document.querySelectorAll<HTMLButtonElement>("#begin")) button.hidden = !isOff;
}

function main(root: HTMLElement): void {
  begin(text("extension_name"));
  const place = h("div", { class: "parts" });
  const finished = finishedTask(writing);
  const start = h("button", { type: "button", id: "begin", hidden: "" }, text("popup_switch_on"));
  const refresh = h("button", { type: "button", id: "refresh" }, text("popup_refresh"));
  root.append(
    h("h1", { class: "brand" }, h("img", { src: "icons/32.png", alt: "" }), text("extension_name")),
    finished.place,
    asked.place,
    place,
    timed.place,
    changed.place,
    h("footer", { class: "parts" }, h("div", { class: "row" }, start, refresh), links("popup")),
  );
  const failed = (): void => place.replaceChildren(h("p", { class: "warn" }, text("popup_failed")));
  const again = (): void => void show(place, finished).catch(failed);
  start.addEventListener("click", () => openPage("consent.html"));
  refresh.addEventListener("click", () => send({ kind: "sync" }).then(again, failed));
  again();
  setInterval(again, AGAIN_MS);
  void ratesInPopup().then((rates) => rates && place.before(rates));
  void teachInPopup().then((teaching) => teaching && timed.place.after(teaching));
}

const root = document.getElementById("popup");
if (root) main(root);
