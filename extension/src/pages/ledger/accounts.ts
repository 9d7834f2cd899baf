/** The worker says that a platform closed their account, and what was left on it; or takes that back. */

import type { ClosedAccount } from "../../core/ledger/account";
import { MICROS } from "../../core/money";
import { h } from "../panel/element";
import type { Showing } from "./showing";
import { dayName, money, siteName } from "./words";

/** What becomes of a click. */
export interface Closing {
  close: (account: ClosedAccount) => void;
  reopen: (platform: string) => void;
}

export function accounts(showing: Showing, closing: Closing): HTMLElement {
  const { book, writing } = showing;
  const closed = book.accounts.map((account) => row(account, showing, closing));
  const open = [...new Set(book.sums.map(({ platform }) => platform))]
    .filter((platform) => book.accounts.every((account) => account.platform !== platform))
    .sort();
  const form = open.length > 0 ? newlyClosed(open, showing, closing) : null;
  return h(
    "div",
    { class: "accounts" },
    closed.length > 0 ? h("ul", { class: "plain", id: "closed" }, ...closed) : null,
    form && h("details", {}, h("summary", {}, writing.text("account_title")), form),
  );
}

function row(account: ClosedAccount, { writing }: Showing, { reopen }: Closing): HTMLElement {
  const { text } = writing;
  const { platform, closed_on, balance } = account;
  const words = [text("account_closed", siteName(platform), dayName(closed_on, false, writing))];
  if (balance !== null) words.push(text("account_left", money(balance.micros, balance.currency, writing)));
  const button = h("button", { type: "button" }, text("account_reopen"));
  button.addEventListener("click", () => reopen(platform));
  return h("li", { class: "row" }, h("span", {}, words.join(" · ")), button);
}

function newlyClosed(
  platforms: readonly string[],
  { book, writing, terms }: Showing,
  { close }: Closing,
): HTMLElement {
  const { text } = writing;
  const { currency } = terms.exchange;
  const site = h(
    "select",
    { id: "account-site" },
    ...platforms.map((platform) => h("option", { value: platform }, siteName(platform))),
  );
  const day = h("input", {
    type: "date",
    id: "account-day",
    value: book.today,
    max: book.today,
    required: "",
  });
  const left = h("input", {
    type: "number",
    id: "account-balance",
    min: "0",
    step: "any",
    inputmode: "decimal",
  });
  const form = h(
    "form",
    { class: "fields" },
    h("p", { class: "soft small" }, text("account_note")),
    field(text("ledger_site"), site),
    field(text("account_day"), day),
    field(`${text("account_balance")} (${currency})`, left),
    h("button", { type: "submit", id: "account-close" }, text("account_save")),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const micros = Math.round(left.valueAsNumber * MICROS);
    const balance = micros > 0 ? { micros, currency } : null;
    close({ platform: site.value, closed_on: day.value, balance });
  });
  return form;
}

/** A field under its name. */
export function field(name: string, input: HTMLElement): HTMLElement {
  return h("label", { class: "field", for: input.id }, h("span", { class: "soft small" }, name), input);
}
