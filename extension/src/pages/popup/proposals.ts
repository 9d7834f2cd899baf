/** Asks the worker about pay that a site's network told and no page showed. */

import type { Proposal } from "../../core/tap/proposal";
import { send, text } from "../../platform/browser";
import { settings } from "../../platform/settings";
import { money } from "../ledger/words";
import { h } from "../panel/element";
import type { Writing } from "../panel/format";

const SHOWN = 3;

/** A card with the newest questions, and what draws it anew; hidden while there are none. */
export function questions(writing: Writing): { place: HTMLElement; ask: () => Promise<void> } {
  const place = h("section", { class: "card", id: "proposals", hidden: "" });
  let drawn = "";
  const ask = async (): Promise<void> => {
    const open = Object.entries(await settings.proposals.get()).filter(([, one]) => !one.is_declined);
    const words = JSON.stringify(open);
    if (words === drawn) return; // what is being pressed stays put
    drawn = words;
    place.hidden = open.length === 0;
    const settle = (ids: string[], is_so: boolean): void => {
      void send({ kind: "settle", ids, is_so }).then(ask);
    };
    const shown = open.slice(-SHOWN); // nobody confirms what they do not see
    const all = h("button", { type: "button", class: "all" }, text("propose_all"));
    all.hidden = shown.length < 2;
    const ids = shown.map(([id]) => id);
    all.addEventListener("click", () => settle(ids, true));
    place.replaceChildren(
      h("h2", {}, text("propose_heading")),
      h("p", { class: "soft small" }, text("propose_note")),
      h("ul", { class: "running" }, ...shown.map((one) => item(one, writing, settle))),
      all,
    );
  };
  return { place, ask };
}

function item(
  [id, { title, outcome, paid, other_paid = [] }]: [string, Proposal],
  writing: Writing,
  settle: (ids: string[], is_so: boolean) => void,
): HTMLElement {
  const amounts = [paid, ...other_paid].map((one) => one && money(one.micros, one.currency, writing));
  const what = [text(`outcome_${outcome}`), ...amounts].filter(Boolean).join(" · ");
  const button = (words: string, is_so: boolean): HTMLElement => {
    const made = h("button", { type: "button", class: is_so ? "yes" : "no" }, words);
    made.setAttribute("aria-label", `${words}: ${title}, ${what}`);
    made.addEventListener("click", () => settle([id], is_so));
    return made;
  };
  return h(
    "li",
    {},
    h("span", { class: "title", title, dir: "auto" }, title),
    h("span", { class: "number" }, what),
    h("span", { class: "row" }, button(text("propose_yes"), true), button(text("propose_no"), false)),
  );
}
