/** The first rows of a file as they are understood, the sum of all, and a warning where a unit must be wrong. */

import type { Entry } from "../../core/imports/entry";
import type { Format } from "../../core/imports/format";
import type { Answers } from "../../core/imports/manner";
import { amountOf, previewOf, secondsOf } from "../../core/imports/preview";
import type { Sheet } from "../../core/imports/sheet";
import { MICROS } from "../../core/money";
import { h } from "../panel/element";
import { count, duration, type Writing } from "../panel/format";
import { leftOutWords } from "./history_words";
import { dayName, money, perHour } from "./words";

const NOTHING = "–";

export function previewPart(sheet: Sheet, format: Format, answers: Answers, writing: Writing): HTMLElement {
  const { text } = writing;
  const view = previewOf(sheet, format, answers);
  const heads = ["day", "title", "outcome", "seconds", "paid"].map((column) =>
    h("th", { scope: "col" }, text(`history_column_${column}`)),
  );
  const amounts = view.pay.map(({ micros, currency }) => money(micros, currency, writing)).join(" + ");
  const rates = view.per_hour.map(({ micros, currency }) => perHour(micros / MICROS, currency, writing));
  const sum = [
    text("history_sum_rows", count(view.attempts, writing)),
    amounts === "" ? NOTHING : amounts,
    duration(view.seconds, writing),
    ...rates,
  ];
  return h(
    "section",
    {},
    h("h3", {}, text("history_preview")),
    h(
      "div",
      { class: "scroll" },
      h(
        "table",
        { class: "small" },
        h("thead", {}, h("tr", {}, ...heads)),
        h("tbody", {}, ...view.rows.map((entry) => rowOf(entry, writing))),
      ),
    ),
    h("p", { id: "history-sum" }, sum.join(" · ")),
    view.warning === null
      ? null
      : h("p", { class: "warn", id: "history-warning", role: "alert" }, text(`history_${view.warning}`)),
    h(
      "ul",
      { class: "small", id: "history-left" },
      ...leftOutWords(view.left_out, writing).map((words) => h("li", {}, words)),
    ),
  );
}

function rowOf(entry: Entry, writing: Writing): HTMLElement {
  const { day, title, outcome } = entry;
  const [seconds, amount] = [secondsOf(entry), amountOf(entry)];
  const cells = [
    day === null ? NOTHING : dayName(day, false, writing),
    title,
    writing.text(`outcome_${outcome}`),
    seconds === null ? NOTHING : duration(seconds, writing),
    amount === null ? NOTHING : money(amount.micros, amount.currency, writing),
  ];
  return h("tr", {}, ...cells.map((words) => h("td", {}, words)));
}
