/** The toolbar's popup: asks the background for the day, shows it, asks again while it is open. First things come first. */

import type { Today } from "../../core/ledger/figures";
import { language, openPage, send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { useOwnNames } from "../ledger/words";
import { h } from "../panel/element";
import { openTasks } from "../panel/open_tasks";
import { begin, links } from "../panel/page";
import { byHand } from "./by_hand";
import { changedSite } from "./changed_sites";
import { lastTask } from "./last_task";
import { questions } from "./proposals";
import { ratesInPopup } from "./side_panel";
import { teachInPopup } from "./teach";
import { dayCard, isOff, offNote, status, warningsOf } from "./view";

const AGAIN_MS = 2_000;
const writing = { text, locale: language() };

const asked = questions(writing);
const changed = changedSite();
const timed = byHand(writing);
const last = lastTask(writing);
const day = h("div", {});
let warned = "";
const warnings = h("section", { class: "status" });
const notes = h("div", { class: "notes" });
const start = h("button", { type: "button", id: "begin", hidden: "" }, text("popup_switch_on"));
const refresh = h("button", { type: "button", id: "refresh" }, text("popup_refresh"));
const none = h("p", { class: "soft small" }, text("popup_none_open"));
const open = openTasks(writing, ({ platform, attempt }, outcome) => {
  void send({ kind: "task_end", platform, attempt, outcome }).then(again);
});
const running = h("section", { class: "card", hidden: "" }, h("h2", {}, text("popup_open")), none, open.list);

async function show(): Promise<void> {
  const today = await send({ kind: "today" });
  await asked.ask();
  draw(today);
}

function draw(today: Today): void {
  const off = isOff(today);
  day.replaceChildren(off ? offNote(today, writing) : dayCard(today.figures, writing));
  const words = JSON.stringify([today.lost, today.problem, today.refused, today.unfit, today.off, off]);
  if (words !== warned) warnings.replaceChildren(...warningsOf(today, writing)); // a button in use stays put
  warned = words;
  notes.replaceChildren(...(off ? [] : status(today, writing)));
  const tasks = today.open.filter(({ by_hand }) => by_hand === null); // one by hand has its own card
  open.show(tasks);
  none.hidden = tasks.length > 0;
  open.list.hidden = tasks.length === 0;
  running.hidden = off;
  last.show(off ? null : today.last);
  timed.show(today);
  changed.offer(!off && today.unfit.length + today.unseen_ends.length > 0);
  refresh.hidden = off || !(today.consent.sharing || today.fetches_rates); // nothing to send, nothing to fetch
  start.hidden = !off;
}

function again(): void {
  show().catch(() => day.replaceChildren(h("p", { class: "warn" }, text("popup_failed"))));
}

async function main(root: HTMLElement): Promise<void> {
  begin(text("extension_name"));
  useOwnNames(await settings.own_names.get());
  const brand = h(
    "h1",
    { class: "brand" },
    h("img", { src: "icons/32.png", alt: "" }),
    text("extension_name"),
  );
  root.append(
    h("header", { class: "top" }, brand, links("popup")),
    day,
    running,
    last.place,
    asked.place,
    timed.place,
    changed.place,
    warnings,
    h("footer", {}, notes, start, refresh),
  );
  start.addEventListener("click", () => openPage("consent.html"));
  refresh.addEventListener("click", () => send({ kind: "sync" }).then(again, again));
  again();
  setInterval(again, AGAIN_MS);
  void ratesInPopup().then((rates) => rates && running.before(rates));
  void teachInPopup().then((teaching) => teaching && timed.place.after(teaching));
}

const root = document.getElementById("popup");
if (root) void main(root);
