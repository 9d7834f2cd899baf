/** The same figures by site and by client, the most worked first. */

import { byClient } from "../../core/ledger/clients";
import type { Sum } from "../../core/ledger/sums";
import { totals } from "../../core/ledger/totals";
import { h } from "../panel/element";
import { count, duration } from "../panel/format";
import type { Line, Showing } from "./showing";
import { type Column, longTable } from "./table";
import { clientName, money, percent, perHour, siteName } from "./words";

const SHOWN = 6;

export function breakdown(sums: readonly Sum[], showing: Showing): HTMLElement {
  const sites = new Map<string, Sum[]>();
  for (const sum of sums) sites.set(sum.platform, [...(sites.get(sum.platform) ?? []), sum]);
  const bySite = [...sites].map(([platform, own]) => line(siteName(platform), own, showing));
  const clients = [...byClient(sums).values()].map((client) =>
    line(clientName(client, showing.writing), client.sums, showing),
  );
  const { text } = showing.writing;
  return h(
    "section",
    { class: "halves" },
    part("by-site", text("ledger_by_site"), text("ledger_site"), bySite, showing),
    part("by-client", text("ledger_by_client"), text("ledger_client"), clients, showing),
  );
}

function line(name: string, sums: readonly Sum[], { terms }: Showing): Line {
  return { name, totals: totals(sums, 0, terms) };
}

function part(id: string, title: string, first: string, lines: Line[], showing: Showing): HTMLElement {
  const { writing } = showing;
  const sorted = lines
    .filter(({ totals }) => totals.tasks > 0)
    .sort((one, other) => other.totals.active_seconds - one.totals.active_seconds);
  const more = writing.text("ledger_more", count(sorted.length, writing));
  const body =
    sorted.length === 0
      ? [h("p", { class: "soft" }, writing.text("chart_none"))]
      : longTable(title, columns(first, showing), sorted, SHOWN, more);
  return h("div", { class: "card", id }, h("h2", {}, title), ...body);
}

function columns(first: string, { writing, terms }: Showing): Column<Line>[] {
  const { text } = writing;
  const { currency } = terms.exchange;
  return [
    { name: first, cell: ({ name }) => name },
    { name: text("ledger_tasks"), isNumber: true, cell: ({ totals }) => count(totals.tasks, writing) },
    {
      name: text("ledger_worked"),
      isNumber: true,
      cell: ({ totals }) => duration(totals.active_seconds, writing),
    },
    {
      name: text("ledger_earned"),
      isNumber: true,
      cell: ({ totals }) => money(totals.earned, currency, writing),
    },
    {
      name: text("ledger_rate_effective"),
      isNumber: true,
      cell: ({ totals }) =>
        totals.effective_per_hour === null ? "–" : perHour(totals.effective_per_hour, currency, writing),
    },
    {
      name: text("ledger_paid_share"),
      isNumber: true,
      cell: ({ totals }) => (totals.paid_share === null ? "–" : percent(totals.paid_share, writing)),
    },
  ];
}
