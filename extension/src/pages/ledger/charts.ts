/** The two charts: what an hour paid, and what was paid of what was listed. */

import type { Sum } from "../../core/ledger/sums";
import { totals } from "../../core/ledger/totals";
import { h } from "../panel/element";
import { type Bar, bars } from "./bars";
import { bucketOf, buckets } from "./period";
import type { Showing } from "./showing";
import { dayName, money, perHour } from "./words";

export function charts(showing: Showing): HTMLElement {
  const drawn = cut(showing);
  return h("section", { class: "charts" }, hourly(drawn, showing), paid(drawn, showing));
}

/** A day or month with work in it, or none. */
interface Cut {
  stretch: string;
  sums: Sum[];
}

function cut({ book, period }: Showing): Cut[] {
  const all = buckets(
    book.sums.map(({ stretch }) => stretch),
    period,
    book.today,
  );
  const cuts = new Map(all.map((stretch): [string, Cut] => [stretch, { stretch, sums: [] }]));
  for (const sum of book.sums) cuts.get(bucketOf(sum.stretch, period))?.sums.push(sum);
  return [...cuts.values()];
}

function hourly(cuts: readonly Cut[], { terms, period, writing }: Showing): HTMLElement {
  const { text } = writing;
  const { currency } = terms.exchange;
  const made = cuts.map(({ stretch, sums }) => ({
    ...named(stretch, writing),
    values: [totals(sums, 0, terms).effective_per_hour],
  }));
  const amount = (value: number): string => perHour(value, currency, writing);
  const sorted = made
    .filter(({ values }) => values[0] !== null)
    .sort((one, other) => (one.values[0] ?? 0) - (other.values[0] ?? 0));
  const [low, high] = [sorted[0], sorted.at(-1)];
  const alt =
    low && high
      ? text("chart_hourly_alt", amount(high.values[0] ?? 0), high.name, amount(low.values[0] ?? 0), low.name)
      : "";
  return bars({
    id: "chart-hourly",
    title: text(period === "all" ? "chart_hourly_months" : "chart_hourly_days"),
    alt,
    nothing: text("chart_none"),
    series: [text("chart_hourly")],
    bars: made,
    axis: text(period === "all" ? "chart_month" : "chart_day"),
    tableName: text("chart_table"),
    amount,
  });
}

function paid(cuts: readonly Cut[], { terms, period, writing }: Showing): HTMLElement {
  const { text } = writing;
  const { currency } = terms.exchange;
  const folded = cuts.map(({ stretch, sums }) => ({ stretch, ...totals(sums, 0, terms) }));
  const made = folded.map(({ stretch, listed, paid }) => ({
    ...named(stretch, writing),
    values: listed > 0 ? [listed, paid] : [null, null],
  }));
  const sum = (of: "listed" | "paid"): string =>
    money(
      folded.reduce((total, one) => total + one[of], 0),
      currency,
      writing,
    );
  return bars({
    id: "chart-paid",
    title: text(period === "all" ? "chart_paid_months" : "chart_paid_days"),
    alt: text("chart_paid_alt", sum("listed"), sum("paid")),
    nothing: text("chart_none"),
    series: [text("chart_listed"), text("chart_paid")],
    bars: made,
    axis: text(period === "all" ? "chart_month" : "chart_day"),
    tableName: text("chart_table"),
    amount: (value) => money(value, currency, writing),
  });
}

function named(stretch: string, writing: Showing["writing"]): Pick<Bar, "label" | "name"> {
  return { label: dayName(stretch, true, writing), name: dayName(stretch, false, writing) };
}
