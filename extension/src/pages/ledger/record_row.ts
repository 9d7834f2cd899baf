/** One task of the list: what it was and what became of it; opened, what was measured, and how to correct or delete it. */

import type { Correction } from "../../core/ledger/correction";
import { paidTime, promised } from "../../core/ledger/pay";
import { type LedgerRecord, workedSeconds } from "../../core/ledger/record";
import { apart, h } from "../panel/element";
import { duration, type Writing } from "../panel/format";
import { editor } from "./editor";
import { dayName, money, siteName } from "./words";

/** What a row may ask for; each answers with the record as it stands afterwards, null when it is gone. */
export interface RecordDesk {
  writing: Writing;
  correct: (id: string, correction: Correction) => Promise<LedgerRecord | null>;
  remove: (id: string) => Promise<void>;
}

export function recordRow(record: LedgerRecord, desk: RecordDesk): HTMLElement {
  const row = h("li", {});
  fill(row, record, desk, false);
  return row;
}

function fill(row: HTMLElement, record: LedgerRecord, desk: RecordDesk, isOpen: boolean): void {
  const details = h("details", {}, summary(record, desk.writing));
  const changed = (now: LedgerRecord | null): void => {
    if (now === null) row.remove();
    else {
      fill(row, now, desk, true);
      row.querySelector("summary")?.focus();
    }
  };
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1) details.append(editor(record, desk, changed));
  });
  details.open = isOpen;
  row.replaceChildren(details);
}

function summary(record: LedgerRecord, writing: Writing): HTMLElement {
  const { text } = writing;
  const { task, outcome, paid, bonus } = record;
  const worked = workedSeconds(record);
  const listed = promised(task, worked);
  const paidSeconds = paidTime(record, worked);
  const isShort = paidSeconds !== null && Math.round(paidSeconds) < Math.round(worked);
  const pay = [
    isShort ? text("record_paid_time", duration(paidSeconds, writing), duration(worked, writing)) : null,
    listed && text("record_listed", money(listed.micros, listed.currency, writing)),
    paid && text("record_paid", money(paid.micros, paid.currency, writing)),
    ...(record.other_paid ?? []).map((one) => text("record_paid", money(one.micros, one.currency, writing))),
    bonus && text("record_bonus", money(bonus.micros, bonus.currency, writing)),
  ];
  const from = [
    task.client?.name || task.client?.id,
    siteName(record.platform),
    dayName(record.day, false, writing),
  ];
  const sign = record.corrected_seconds === null ? "" : "✎ ";
  return h(
    "summary",
    {},
    h("span", { class: "title", dir: "auto" }, task.task.title),
    h("span", { class: `outcome ${outcome}` }, text(`outcome_${outcome}`)),
    h("span", { class: "soft small" }, ...apart(from)),
    h("span", { class: "number small" }, ...apart([`${sign}${duration(worked, writing)}`, ...pay])),
  );
}
