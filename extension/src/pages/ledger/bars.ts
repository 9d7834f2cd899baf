/**
 * A chart of bars: plain elements that take their size from the page, so that letters stay letters on a small screen and
 * everything turns round by itself where one reads from right to left. In words and as a table for who cannot see it.
 */

import { h } from "../panel/element";
import { table } from "./table";

/** One place on the axis. A value that is null was not there to be drawn; a zero was, and is. */
export interface Bar {
  /** Short, under the axis. */
  label: string;
  /** In full. */
  name: string;
  /** One a series. */
  values: (number | null)[];
}

export interface Bars {
  id: string;
  title: string;
  /** What a reader should take from it, in a sentence. */
  alt: string;
  /** What stands in for a chart with nothing in it. */
  nothing: string;
  series: string[];
  bars: Bar[];
  /** Head of the table's first column. */
  axis: string;
  /** "As a table". */
  tableName: string;
  amount: (value: number) => string;
}

const LABELS = 4;

export function bars(chart: Bars): HTMLElement {
  const values = chart.bars.flatMap((bar) => bar.values.filter((value) => value !== null));
  const isEmpty = values.length === 0;
  return h(
    "figure",
    { class: "chart", id: chart.id },
    h("figcaption", {}, h("h2", {}, chart.title), chart.series.length > 1 ? legend(chart.series) : null),
    ...(isEmpty ? [h("p", { class: "soft" }, chart.nothing)] : [...plot(chart, values), inWords(chart)]),
  );
}

function legend(series: readonly string[]): HTMLElement {
  const names = series.map((name, place) => h("li", { class: `series-${place}` }, name));
  return h("ul", { class: "legend" }, ...names);
}

function plot(chart: Bars, values: readonly number[]): HTMLElement[] {
  const top = ceiling(Math.max(...values));
  const said = h("p", { class: "small soft said" }, chart.alt);
  const columns = chart.bars.map((bar) => column(bar, top));
  const ticks = [top, top / 2, 0].map((tick) => h("span", {}, chart.amount(tick)));
  const every = Math.ceil(chart.bars.length / LABELS);
  const labels = chart.bars.map((bar, place) => {
    const isShown = (chart.bars.length - 1 - place) % every === 0;
    return h("span", {}, isShown ? h("span", {}, bar.label) : null);
  });
  const drawn = h("div", { class: "bars" }, ...columns);
  for (const [place, made] of columns.entries()) {
    made.addEventListener("pointerenter", () => {
      said.textContent = reading(chart, place);
    });
  }
  drawn.addEventListener("pointerleave", () => {
    said.textContent = chart.alt;
  });
  const shown = h(
    "div",
    { class: "plot", role: "img", "aria-label": chart.alt },
    h("div", { class: "ticks number" }, ...ticks),
    drawn,
    h("div", { class: "labels" }, ...labels),
  );
  return [shown, said];
}

function column(bar: Bar, top: number): HTMLElement {
  const made = bar.values.map((value, place) => {
    if (value === null) return null;
    const one = h("div", { class: `bar series-${place}` });
    one.style.blockSize = `${top > 0 ? (value / top) * 100 : 0}%`;
    return one;
  });
  return h("div", { class: "column" }, ...made);
}

function reading(chart: Bars, place: number): string {
  const bar = chart.bars[place];
  if (bar === undefined) return "";
  const parts = bar.values.flatMap((value, at) => {
    if (value === null) return [];
    return [chart.series.length > 1 ? `${chart.series[at]} ${chart.amount(value)}` : chart.amount(value)];
  });
  return [bar.name, ...parts].join(" · ");
}

function inWords(chart: Bars): HTMLElement {
  const rows = chart.bars.filter(({ values }) => values.some((value) => value !== null));
  const columns = [
    { name: chart.axis, cell: (bar: Bar) => bar.name },
    ...chart.series.map((name, place) => ({
      name,
      isNumber: true,
      cell: (bar: Bar) => {
        const value = bar.values[place] ?? null;
        return value === null ? "–" : chart.amount(value);
      },
    })),
  ];
  return h("details", {}, h("summary", {}, chart.tableName), table(chart.title, columns, rows));
}

/** The next round number whose half is round too. */
export function ceiling(most: number): number {
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return ([1, 2, 3, 4, 6, 8].find((step) => step * power >= most) ?? 10) * power;
}
