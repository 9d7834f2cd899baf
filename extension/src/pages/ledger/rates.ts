/** The four rates side by side, each with its plain sentence, and the sums they are made of. */

import type { Totals } from "../../core/ledger/totals";
import { h } from "../panel/element";
import { count, duration } from "../panel/format";
import type { Showing } from "./showing";
import { money, percent, perHour } from "./words";

const RATES = ["advertised", "task", "effective", "all_in"] as const;

export function rates(totals: Totals, showing: Showing): HTMLElement {
  const { text } = showing.writing;
  const tiles = RATES.map((name) => tile(name, totals[`${name}_per_hour`], showing));
  return h(
    "section",
    { id: "rates" },
    h("h2", {}, text("ledger_rates")),
    h("dl", { class: "tiles" }, ...tiles),
    sums(totals, showing),
    ...notes(totals, showing),
  );
}

function tile(name: (typeof RATES)[number], rate: number | null, { writing, terms }: Showing): HTMLElement {
  const { text } = writing;
  const figure =
    rate === null
      ? h("dd", { class: "soft" }, text("ledger_no_figure"))
      : h("dd", { class: "number", id: `rate-${name}` }, perHour(rate, terms.exchange.currency, writing));
  return h(
    "div",
    { class: `card tile ${name}` },
    h("dt", {}, text(`ledger_rate_${name}`)),
    figure,
    h("dd", { class: "soft small" }, text(`ledger_rate_${name}_note`)),
  );
}

function sums(totals: Totals, { writing, terms }: Showing): HTMLElement {
  const { text } = writing;
  const { currency } = terms.exchange;
  const rows: [string, string, string][] = [
    ["tasks", text("ledger_tasks"), count(totals.tasks, writing)],
    ["worked", text("ledger_worked"), duration(totals.active_seconds, writing)],
    ["overhead", text("ledger_unpaid_time"), duration(totals.overhead_seconds, writing)],
    ["earned", text("ledger_earned"), money(totals.earned, currency, writing)],
    ["pending", text("ledger_pending"), money(totals.pending, currency, writing)],
    [
      "paid-share",
      text("ledger_paid_share"),
      totals.paid_share === null ? "–" : percent(totals.paid_share, writing),
    ],
  ];
  const pairs = rows.map(([id, name, value]) =>
    h("div", {}, h("dt", { class: "soft small" }, name), h("dd", { class: "number", id }, value)),
  );
  return h("dl", { class: "sums" }, ...pairs);
}

function notes(totals: Totals, { writing }: Showing): HTMLElement[] {
  const { text } = writing;
  const words = [
    totals.pending > 0 ? text("ledger_pending_note") : null,
    totals.untimed_tasks > 0 ? text("ledger_untimed", count(totals.untimed_tasks, writing)) : null,
    totals.unpriced > 0 ? text("ledger_unpriced", count(totals.unpriced, writing)) : null,
  ];
  return words.flatMap((note) => (note === null ? [] : [h("p", { class: "soft small" }, note)]));
}
