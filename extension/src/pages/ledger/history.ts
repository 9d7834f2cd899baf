/** The worker's own history, as platforms hand it out, taken in from a file; one of no known kind is explained by the worker. */

import { textOf } from "../../core/imports/decode";
import { type Format, formatOf } from "../../core/imports/format";
import type { Answers } from "../../core/imports/manner";
import { addTaken, type TakenIn, takeIn } from "../../core/imports/merge";
import { ownParts } from "../../core/imports/own_export";
import { previewOf } from "../../core/imports/preview";
import { type Sheet, sheetOf } from "../../core/imports/sheet";
import { known } from "../../core/packs/packs";
import type { Database } from "../../platform/database";
import { settings } from "../../platform/settings";
import { h } from "../panel/element";
import { count, type Writing } from "../panel/format";
import { explainForm, unknownWords } from "./history_form";
import { leftOutWords } from "./history_words";

export interface HistoryDesk {
  writing: Writing;
  database: Database;
  now: () => number;
  today: () => string;
  say: (words: string) => void;
  /** Draws the whole page again. */
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
    const content = textOf(new Uint8Array(await chosen.arrayBuffer()));
    if (content === null) desk.say(text("history_no_table"));
    else await takeText(desk, content, explaining);
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

/** A file of a known kind is taken in at once, unless it leaves something open. */
async function takeText(desk: HistoryDesk, content: string, explaining: HTMLElement): Promise<void> {
  const { text } = desk.writing;
  const sheet = sheetOf(content);
  if ("unreadable" in sheet) return desk.say(text(`history_${sheet.unreadable}`));
  const parts = ownParts(sheet, known);
  if (parts !== null) return takeParts(desk, parts);
  const format = formatOf(known, sheet);
  const question = questionOf(sheet, format);
  if (format !== null && question === null) return take(desk, sheet, format, {});
  desk.say("");
  const asked = h("p", { class: "small", role: "status" }, text(question ?? "history_unknown"));
  const form = explainForm({ sheet, format, writing: desk.writing }, async (chosen, answers) => {
    explaining.replaceChildren();
    await take(desk, sheet, chosen, answers);
  });
  explaining.replaceChildren(asked, form);
}

/** What the worker is asked before a file is taken in; null where all of it is clear. */
function questionOf(sheet: Sheet, format: Format | null): string | null {
  if (format === null) return "history_unknown";
  if (previewOf(sheet, format).open.size > 0) return "history_open";
  return unknownWords(sheet, format).length > 0 ? "history_new_words" : null;
}

async function take(desk: HistoryDesk, sheet: Sheet, format: Format, answers: Answers): Promise<void> {
  await takeParts(desk, [{ sheet, format }], answers);
}

async function takeParts(
  desk: HistoryDesk,
  parts: readonly { sheet: Sheet; format: Format }[],
  answers: Answers = {},
): Promise<void> {
  const edge = { database: desk.database, settings, now: desk.now() };
  const taken: TakenIn[] = [];
  for (const { sheet, format } of parts) taken.push(await takeIn(edge, sheet, format, answers));
  const [first, ...more] = taken;
  if (first === undefined) return desk.say(desk.writing.text("history_no_table"));
  await desk.again();
  desk.say(words(more.reduce(addTaken, first), desk.writing));
}

function words({ added, settled, known: here, left_out }: TakenIn, writing: Writing): string {
  const counts = [added, settled, here].map((number) => count(number, writing));
  return [writing.text("history_done", ...counts), ...leftOutWords(left_out, writing)].join(" ");
}
