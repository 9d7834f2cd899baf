/** The worker's own data: out as CSV or JSON, back in from JSON, or gone. */

import { archived, restore } from "../../core/ledger/archive";
import { CSV_HEAD, csvLines } from "../../core/ledger/csv";
import { PeriodTable, type Stretch, taxYearOf, weekOf } from "../../core/ledger/periods_csv";
import { eachSlice } from "../../core/ledger/slices";
import type { Database } from "../../platform/database";
import { settings } from "../../platform/settings";
import { download } from "../panel/download";
import { h } from "../panel/element";
import { count, type Writing } from "../panel/format";
import { field } from "./accounts";

export interface DataDesk {
  writing: Writing;
  database: Database;
  today: () => string;
  say: (words: string) => void;
  /** Deletes everything. */
  wipe: () => Promise<void>;
  /** Shows everything anew. */
  again: () => Promise<void>;
}

export function data(desk: DataDesk): HTMLElement {
  const { text } = desk.writing;
  const sure = confirmation(desk);
  const remove = button("data-delete", text("data_delete"), () => sure.showModal());
  remove.classList.add("danger");
  return h(
    "section",
    { class: "card", id: "data" },
    h("h2", {}, text("data_title")),
    h("p", { class: "soft small" }, text("data_note")),
    h(
      "div",
      { class: "buttons" },
      button("data-csv", text("data_csv"), () => exportCsv(desk)),
      button("data-json", text("data_json"), () => exportJson(desk)),
      restoring(desk),
      remove,
    ),
    periods(desk),
    sure,
  );
}

function button(id: string, words: string, act: () => unknown): HTMLButtonElement {
  const made = h("button", { type: "button", id }, words);
  made.addEventListener("click", act);
  return made;
}

/** First days of tax years: most countries, then India and Japan, the United Kingdom, Australia, South Africa. */
const TAX_STARTS = ["01-01", "04-01", "04-06", "07-01", "03-01"] as const;

/** Sums for a tax return: by week, and by tax year from its first day. */
function periods(desk: DataDesk): HTMLElement {
  const { text, locale } = desk.writing;
  const name = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", timeZone: "UTC" });
  const options = TAX_STARTS.map((start) =>
    h("option", { value: start }, name.format(Date.parse(`2026-${start}T00:00:00Z`))),
  );
  const start = h("select", { id: "data-tax-start" }, ...options);
  return h(
    "div",
    { class: "buttons" },
    button("data-weeks", text("data_weeks"), () => exportPeriods(desk, "weeks", weekOf)),
    button("data-tax-years", text("data_tax_years"), () =>
      exportPeriods(desk, "tax-years", taxYearOf(start.value)),
    ),
    field(text("data_tax_start"), start),
  );
}

async function exportPeriods(
  { database, today }: DataDesk,
  name: string,
  stretchOf: (day: string) => Stretch,
): Promise<void> {
  const table = new PeriodTable(stretchOf);
  await eachSlice(database, (records) => {
    for (const record of records) table.add(record);
  });
  for (const day of await database.getAll("overheads")) table.addUnpaid(day);
  download(`taskwage-${name}-${today()}.csv`, [table.csv()], "text/csv");
}

async function exportCsv({ database, today }: DataDesk): Promise<void> {
  const pieces = [CSV_HEAD];
  await eachSlice(database, (records) => pieces.push(csvLines(records.filter(({ is_own }) => is_own))));
  download(`taskwage-${today()}.csv`, pieces, "text/csv");
}

async function exportJson({ database, today }: DataDesk): Promise<void> {
  download(
    `taskwage-${today()}.json`,
    await archived(database, today(), await contributorId()),
    "application/json",
  );
}

/** Under whose name this device shares; null where it does not. */
async function contributorId(): Promise<string | null> {
  return (await settings.credentials.get())?.contributor_id ?? null;
}

function restoring(desk: DataDesk): HTMLElement {
  const { text } = desk.writing;
  const file = h("input", { type: "file", id: "data-file", accept: ".json,application/json", hidden: "" });
  file.addEventListener("change", async () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    desk.say(text("data_restoring"));
    const restored = await restore(desk.database, await chosen.text(), await contributorId());
    file.value = "";
    await desk.again();
    if (restored === null) return desk.say(text("data_not_a_ledger"));
    const { added, updated, kept, unread } = restored;
    const counts = [added, updated, kept, unread].map((number) => count(number, desk.writing));
    desk.say(text("data_restored", ...counts));
  });
  return h(
    "span",
    {},
    button("data-restore", text("data_restore"), () => file.click()),
    file,
  );
}

function confirmation(desk: DataDesk): HTMLDialogElement {
  const { text } = desk.writing;
  const dialog = h("dialog", { id: "data-sure", "aria-labelledby": "data-sure-title" });
  const yes = button("data-delete-yes", text("data_delete_yes"), async () => {
    dialog.close();
    await desk.wipe();
    await desk.again();
    desk.say(text("data_deleted"));
  });
  yes.classList.add("danger");
  const no = button("data-delete-no", text("data_delete_no"), () => dialog.close());
  no.autofocus = true;
  dialog.append(
    h("h2", { id: "data-sure-title" }, text("data_delete_title")),
    h("p", {}, text("data_delete_note")),
    h(
      "div",
      { class: "buttons" },
      no,
      button("data-sure-json", text("data_json"), () => exportJson(desk)),
      yes,
    ),
  );
  return dialog;
}
