/** Two clicks: this platform warned me, paused my account or closed it. Beneath: what was entered before. */

import type { ActionSaid } from "../../core/account_actions/keep";
import { MICROS } from "../../core/money";
import { recordedAt } from "../../core/statement/recorded";
import type { AccountActionKind } from "../../generated/contract";
import type { KeptAction } from "../../model/account_action";
import { h } from "../panel/element";
import { field } from "./accounts";
import type { Showing } from "./showing";
import { dayName, money, siteName } from "./words";

/** What becomes of a click. */
export interface Acting {
  act: (said: ActionSaid) => void;
  takeBack: (id: string) => void;
}

const KINDS: readonly AccountActionKind[] = ["warning", "pause", "removal"];

export function actions(showing: Showing, acting: Acting): HTMLElement | null {
  const { book, writing } = showing;
  const platforms = sitesByRecency(showing);
  if (platforms.length === 0 && book.actions.length === 0) return null;
  const entered = book.actions.toSorted((one, other) => other.day.localeCompare(one.day));
  const list = entered.map((action) => row(action, showing, acting));
  return h(
    "section",
    { class: "card", id: "actions" },
    h(
      "details",
      {},
      h("summary", { id: "actions-open" }, writing.text("action_title")),
      form(platforms, showing, acting),
    ),
    list.length > 0 ? h("ul", { class: "plain", id: "actions-list" }, ...list) : null,
  );
}

/** The site that was worked on last comes first: it is most likely the one. */
function sitesByRecency({ book }: Showing): string[] {
  const newest = book.sums.toSorted((one, other) => other.stretch.localeCompare(one.stretch));
  return [...new Set(newest.map(({ platform }) => platform))];
}

function form(platforms: readonly string[], showing: Showing, { act }: Acting): HTMLElement {
  const { book, writing, terms } = showing;
  const { text } = writing;
  const options = platforms.map((platform) => h("option", { value: platform }, siteName(platform)));
  const site = h("select", { id: "action-site" }, ...options);
  const day = h("input", {
    type: "date",
    id: "action-day",
    value: book.today,
    max: book.today,
    required: "",
  });
  const left = h("input", {
    type: "number",
    id: "action-pending",
    min: "0",
    step: "any",
    inputmode: "decimal",
  });
  let currency = terms.exchange.currency;
  const name = h("span", { class: "soft small" });
  const prefill = (): void => {
    const [pending] = recordedAt(site.value, book.sums).pending;
    currency = pending?.currency ?? terms.exchange.currency;
    left.value = pending === undefined ? "" : String(pending.micros / MICROS);
    name.textContent = `${text("action_pending")} (${currency})`;
  };
  site.addEventListener("change", prefill);
  prefill();
  const buttons = KINDS.map((kind) => {
    const button = h("button", { type: "button", id: `action-${kind}` }, text(`action_do_${kind}`));
    button.addEventListener("click", () => {
      const micros = Math.round((left.valueAsNumber || 0) * MICROS);
      const pending = micros > 0 ? { micros, currency } : null;
      act({ platform: site.value, kind, day: day.value || book.today, pending });
    });
    return button;
  });
  return h(
    "div",
    { class: "fields" },
    h("p", { class: "soft small" }, text("action_note")),
    h("div", { class: "row" }, ...buttons),
    field(text("ledger_site"), site),
    field(text("account_day"), day),
    h("label", { class: "field", for: left.id }, name, left),
  );
}

function row(action: KeptAction, { writing }: Showing, { takeBack }: Acting): HTMLElement {
  const { text } = writing;
  const { id, kind, platform, day, pending } = action;
  const words = [text(`action_kind_${kind}`), siteName(platform), dayName(day, false, writing)];
  if (pending !== null) words.push(text("action_left", money(pending.micros, pending.currency, writing)));
  const button = h("button", { type: "button" }, text("action_remove"));
  button.setAttribute("aria-label", `${text("action_remove")}: ${words.join(" · ")}`);
  button.addEventListener("click", () => takeBack(id));
  return h("li", { class: "row" }, h("span", { dir: "auto" }, words.join(" · ")), button);
}
