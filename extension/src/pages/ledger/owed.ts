/** What is owed: four sums, then client by client with how long the worker waits and how long the client usually takes. */

import { daysBetween } from "../../core/ledger/amounts";
import { CLAIMS, type Claim, type Owed, owedInAll } from "../../core/ledger/owed";
import { h } from "../panel/element";
import { count } from "../panel/format";
import { accounts, type Closing } from "./accounts";
import type { Showing } from "./showing";
import { type Column, longTable } from "./table";
import { clientName, days, money, siteName } from "./words";

const SHOWN = 6;

/** The day since which a client's oldest task is pending; null where none is. */
export type Since = (owed: Owed) => string | null;

export function owed(list: readonly Owed[], since: Since, showing: Showing, closing: Closing): HTMLElement {
  const { text } = showing.writing;
  const body =
    list.length === 0
      ? [h("p", { class: "soft" }, text("owed_none"))]
      : [
          tiles(list, showing),
          ...longTable(
            text("owed_title"),
            columns(since, showing),
            list,
            SHOWN,
            text("ledger_more", count(list.length, showing.writing)),
          ),
        ];
  return h(
    "section",
    { class: "card", id: "owed" },
    h("h2", {}, text("owed_title")),
    ...body,
    accounts(showing, closing),
  );
}

function tiles(list: readonly Owed[], { writing, terms }: Showing): HTMLElement {
  const all = owedInAll(list);
  const made = CLAIMS.map((name) =>
    h(
      "div",
      { class: `claim ${name}${all[name].tasks > 0 ? "" : " nothing"}` },
      h("dt", {}, writing.text(`owed_${name}`)),
      h(
        "dd",
        { class: "number", id: `owed-${name}` },
        money(all[name].micros, terms.exchange.currency, writing),
      ),
      h("dd", { class: "soft small" }, writing.text(`owed_${name}_note`)),
    ),
  );
  return h("dl", { class: "claims" }, ...made);
}

function columns(since: Since, { writing, terms, book }: Showing): Column<Owed>[] {
  const { text } = writing;
  const amount = (claim: Claim): string =>
    claim.tasks === 0 ? "–" : money(claim.micros, terms.exchange.currency, writing);
  const claims = CLAIMS.map((name) => ({
    name: text(`owed_${name}`),
    isNumber: true,
    cell: (one: Owed) =>
      h("span", { class: name === "overdue" && one.overdue.tasks > 0 ? "warn" : "" }, amount(one[name])),
  }));
  return [
    {
      name: text("ledger_client"),
      cell: (one) =>
        h(
          "span",
          {},
          h("bdi", {}, clientName(one, writing)),
          " ",
          h("bdi", { class: "soft small" }, siteName(one.platform)),
        ),
    },
    ...claims,
    {
      name: text("owed_longest"),
      isNumber: true,
      cell: (one) => {
        const day = since(one);
        return day === null ? "–" : days(daysBetween(day, book.today), writing);
      },
    },
    {
      name: text("owed_usual"),
      isNumber: true,
      cell: ({ usual_days }) => (usual_days === null ? text("owed_unknown") : days(usual_days, writing)),
    },
  ];
}
