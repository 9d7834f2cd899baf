/** The worker's own history, as platforms hand it out, taken in from a file; one of no known kind is explained by the worker. */

import { type Column, chosenFormat, type Format, formatOf } from "../../core/imports/format";
import { type TakenIn, takeIn } from "../../core/imports/merge";
import { folded, type Sheet, sheetOf } from "../../core/imports/sheet";
import { known } from "../../core/packs/packs";
import type { Database } from "../../platform/database";
import { settings } from "../../platform/storage";
import { h } from "../panel/element";
import { count, type Writing } from "../panel/format";
import { field } from "./accounts";

export interface HistoryDesk {
  writing: Writing;
  database: Database;
  now: () => number;
  today: () => string;
  say: (words: string) => void;
  /** Shows everything anew. */
  again: () => Promise<void>;
}

export function history(desk: HistoryDesk): HTMLElement {
  const { text } = desk.writing;
  const explaining = h("div", { id: "history-columns" });
  const file = h("input", { type: "file", id: "history-file", accept: ".csv,.tsv,.txt,.json", hidden: "" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    explaining.replaceChildren();
    desk.say(text("history_reading"));
    await takeText(desk, await chosen.text(), explaining);
    file.value = "";
  });
  const choose = h("button", { type: "button", id: "history-choose" }, text("history_choose"));
  choose.addEventListener("click", () => file.click());
  return h(
    "section",
    { class: "card", id: "history" },
    h("h2", {}, text("history_title")),
    h("p", { class: "soft small" }, text("history_note")),
    ...deadlines(desk),
    h("ul", { class: "small" }, ...pages(desk)),
    h("div", { class: "buttons" }, choose, file),
    explaining,
  );
}

/** Platforms that will not hand it out for ever come first, in words that say so. */
function deadlines({ writing, today }: HistoryDesk): HTMLElement[] {
  return known.flatMap(({ name, exports }) =>
    exports.flatMap(({ until, page }) => {
      if (until === null || until < today()) return [];
      const day = new Intl.DateTimeFormat(writing.locale, { dateStyle: "long", timeZone: "UTC" });
      const words = writing.text("history_until", name, day.format(Date.parse(until)));
      return [
        h(
          "p",
          { class: "warn history-until" },
          words,
          " ",
          page === null ? null : linkTo(page, name, writing),
        ),
      ];
    }),
  );
}

function pages({ writing }: HistoryDesk): HTMLElement[] {
  return known.flatMap(({ name, exports }) =>
    exports.flatMap(({ until, page }) =>
      until !== null || page === null ? [] : [h("li", {}, linkTo(page, name, writing))],
    ),
  );
}

function linkTo(page: string, name: string, { text }: Writing): HTMLElement {
  return h("a", { href: page, target: "_blank", rel: "noreferrer" }, text("history_page", name));
}

async function takeText(desk: HistoryDesk, content: string, explaining: HTMLElement): Promise<void> {
  const sheet = sheetOf(content);
  if ("unreadable" in sheet) return desk.say(desk.writing.text(`history_${sheet.unreadable}`));
  const format = formatOf(known, sheet);
  if (format !== null) return take(desk, sheet, format);
  desk.say(desk.writing.text("history_unknown"));
  explaining.replaceChildren(columnsForm(desk, sheet));
}

async function take(desk: HistoryDesk, sheet: Sheet, format: Format): Promise<void> {
  const { database } = desk;
  const taken = await takeIn({ database, settings, now: desk.now() }, sheet, format);
  await desk.again();
  desk.say(told(taken, desk.writing));
}

function told({ added, settled, known: here, left_out }: TakenIn, writing: Writing): string {
  const { text } = writing;
  const counts = [added, settled, here].map((number) => count(number, writing));
  const left = Object.entries(left_out).map(([reason, rows]) =>
    text(`history_left_${reason}`, count(rows, writing)),
  );
  return [text("history_done", ...counts), ...left].join(" ");
}

const NEEDED: readonly Column[] = ["title", "paid", "day"];
const ASKED: readonly Column[] = [...NEEDED, "seconds", "client_name"];

/** Which column holds what, with what stands there in the first row, since names alone may say little. */
function columnsForm(desk: HistoryDesk, sheet: Sheet): HTMLElement {
  const { text } = desk.writing;
  const platform = h(
    "select",
    { id: "history-platform" },
    ...known.map(({ slug, name }) => h("option", { value: slug }, name)),
  );
  const selects = new Map(ASKED.map((column) => [column, columnSelect(column, sheet, desk.writing)]));
  const form = h(
    "form",
    { class: "columns" },
    field(text("history_platform"), platform),
    ...[...selects].map(([column, select]) => field(text(`history_column_${column}`), select)),
    h("button", { type: "submit", id: "history-take" }, text("history_take")),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pack = known.find(({ slug }) => slug === platform.value);
    if (pack === undefined) return;
    const chosen = [...selects].flatMap(([column, { value }]) =>
      value === "" ? [] : [[column, value] as const],
    );
    form.remove();
    await take(desk, sheet, chosenFormat(pack, Object.fromEntries(chosen)));
  });
  return form;
}

function columnSelect(column: Column, sheet: Sheet, { text }: Writing): HTMLSelectElement {
  const isNeeded = NEEDED.includes(column);
  const select = h("select", { id: `history-${column}`, ...(isNeeded ? { required: "" } : {}) });
  select.append(h("option", { value: "" }, isNeeded ? "–" : text("history_absent")));
  for (const name of sheet.names)
    select.append(h("option", { value: name }, `${name}${example(sheet, name)}`));
  return select;
}

const EXAMPLE_LETTERS = 24;

function example(sheet: Sheet, name: string): string {
  const value = sheet.rows[0]?.get(folded(name));
  return value === undefined ? "" : ` (${value.slice(0, EXAMPLE_LETTERS)})`;
}
