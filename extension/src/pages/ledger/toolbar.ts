/** For which period, and in which currency. */

import { h } from "../panel/element";
import type { Writing } from "../panel/format";
import { field } from "./accounts";
import { PERIODS, type Period } from "./period";

export interface Look {
  period: Period;
  currency: string;
}

/** `changed` hears of every change of `look`. */
export function toolbar(
  look: Look,
  currencies: readonly string[],
  writing: Writing,
  changed: (look: Partial<Look>) => void,
): HTMLElement {
  const { text } = writing;
  const periods = PERIODS.map((period) => {
    const radio = h("input", { type: "radio", name: "period", value: period, id: `period-${period}` });
    radio.checked = period === look.period;
    radio.addEventListener("change", () => changed({ period }));
    return h("label", { for: radio.id }, radio, h("span", {}, text(`ledger_period_${period}`)));
  });
  const names = new Intl.DisplayNames(writing.locale, { type: "currency" });
  const money = h(
    "select",
    { id: "currency" },
    ...currencies.map((code) => h("option", { value: code }, `${code} – ${names.of(code) ?? code}`)),
  );
  money.value = look.currency;
  money.addEventListener("change", () => changed({ currency: money.value }));
  return h(
    "div",
    { class: "toolbar" },
    h("fieldset", { class: "periods" }, h("legend", { class: "unseen" }, text("ledger_period")), ...periods),
    currencies.length > 1 ? field(text("ledger_currency"), money) : null,
  );
}
