/** What is on the server already: take a copy, or have it erased for ever. */

import type { OutboxPage } from "../../core/outbox/controls";
import type { ExportFormat, Hindrance } from "../../core/outbox/rights";
import { send } from "../../platform/browser";
import type { Erasure } from "../../platform/storage";
import { download } from "../panel/download";
import { h } from "../panel/element";
import { count } from "../panel/format";
import type { Desk } from "./outbox";

const TYPES = { json: "application/json", csv: "text/csv" } as const;

export function rights(page: OutboxPage, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const body =
    page.contributor_id === null
      ? [h("p", { class: "soft" }, text("rights_nobody"))]
      : [h("p", {}, text("rights_known_as")), h("code", { dir: "ltr" }, page.contributor_id), actions(desk)];
  return h(
    "section",
    { class: "card", id: "rights" },
    h("h2", {}, text("rights_title")),
    ...body,
    page.erasure && receipt(page.erasure, desk),
  );
}

function actions(desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const place = h("div", { class: "parts" });
  const erase = h("button", { type: "button", class: "danger", id: "erase" }, text("rights_erase"));
  erase.addEventListener("click", () => {
    place.replaceChildren(sure(desk));
    document.getElementById("keep")?.focus();
  });
  place.append(h("div", { class: "buttons" }, exporting("json", desk), exporting("csv", desk), erase));
  return place;
}

function exporting(format: ExportFormat, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const button = h("button", { type: "button", id: `export-${format}` }, text(`rights_export_${format}`));
  button.addEventListener("click", async () => {
    const outcome = await send({ kind: "export", format });
    if ("hindrance" in outcome) return desk.say(hindered(outcome.hindrance, desk));
    download(`taskwage-shared.${format}`, outcome.done, TYPES[format]);
    desk.say(text("rights_exported"));
  });
  return button;
}

/** Asked once more, with what it means; the harmless answer has the focus. */
function sure(desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const keep = h("button", { type: "button", id: "keep" }, text("rights_keep"));
  const erase = h(
    "button",
    { type: "button", class: "danger", id: "erase-really" },
    text("rights_erase_really"),
  );
  keep.addEventListener("click", async () => {
    await desk.again();
    document.getElementById("erase")?.focus();
  });
  erase.addEventListener("click", async () => {
    const outcome = await send({ kind: "erase" });
    await desk.again();
    desk.say("hindrance" in outcome ? hindered(outcome.hindrance, desk) : text("rights_erased"));
  });
  return h(
    "div",
    { role: "alert" },
    h("p", {}, text("rights_sure")),
    h("div", { class: "buttons" }, keep, erase),
  );
}

/** The server's receipt, kept here as the worker's proof. */
function receipt(erasure: Erasure, desk: Desk): HTMLElement {
  const { text } = desk.writing;
  const save = h("button", { type: "button", id: "save-receipt" }, text("rights_receipt_save"));
  save.addEventListener("click", () =>
    download("taskwage-erasure.json", `${JSON.stringify(erasure, null, 2)}\n`, TYPES.json),
  );
  const lines = [
    text("rights_receipt_on", day(erasure.on, desk)),
    text("rights_receipt_tasks", count(erasure.observations, desk.writing)),
    text("rights_receipt_days", count(erasure.overheads, desk.writing)),
    text("rights_receipt_gone", day(erasure.gone_from_releases_by, desk)),
  ];
  return h(
    "div",
    { class: "receipt", id: "receipt" },
    h("h3", {}, text("rights_receipt")),
    h("ul", {}, ...lines.map((line) => h("li", {}, line))),
    h("p", { class: "soft small" }, h("code", { dir: "ltr" }, erasure.contributor_id)),
    save,
  );
}

function day(iso: string, { writing }: Desk): string {
  const format = new Intl.DateTimeFormat(writing.locale, { dateStyle: "long", timeZone: "UTC" });
  return format.format(Date.parse(`${iso}T00:00:00Z`));
}

function hindered(hindrance: Hindrance, { writing }: Desk): string {
  return writing.text(`rights_${hindrance}`);
}
