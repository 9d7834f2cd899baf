/** Corrects one task: its time with one tap or in minutes, what became of it, what it paid; or deletes it. */

import { type Correction, guesses, mostSeconds } from "../../core/ledger/correction";
import { type LedgerRecord, workedSeconds } from "../../core/ledger/record";
import { MICROS } from "../../core/money";
import type { Outcome } from "../../generated/contract";
import type { RecordOutcome } from "../../model/readings";
import { h } from "../panel/element";
import { duration, type Writing } from "../panel/format";
import { taps } from "../panel/taps";
import { field } from "./accounts";
import type { RecordDesk } from "./record_row";
import { dayName, money } from "./words";

const OUTCOMES: readonly Outcome[] = [
  "submitted",
  "approved",
  "paid",
  "rejected",
  "returned",
  "expired",
  "screened_out",
  "abandoned",
];

export function editor(
  record: LedgerRecord,
  desk: RecordDesk,
  changed: (now: LedgerRecord | null) => void,
): HTMLElement {
  const say = (correction: Correction): void => void desk.correct(record.id, correction).then(changed);
  return h(
    "div",
    { class: "editor" },
    ...told(record, desk.writing),
    taps(
      {
        measured: record.active_seconds,
        choices: guesses(record),
        counted: workedSeconds(record),
        yes: null,
      },
      desk.writing,
      (seconds) => say({ seconds }),
    ),
    typed(record, desk.writing, say),
    deleting(desk, () => desk.remove(record.id).then(() => changed(null))),
  );
}

function told(record: LedgerRecord, writing: Writing): HTMLElement[] {
  const { text } = writing;
  const words = [text("record_measured", duration(record.active_seconds, writing))];
  if (record.corrected_seconds !== null)
    words.push(text("record_yours", duration(record.corrected_seconds, writing)));
  for (const { until, paid } of record.earlier_pay ?? []) {
    words.push(
      text("record_earlier", dayName(until, false, writing), money(paid.micros, paid.currency, writing)),
    );
  }
  if (record.end_imputed) words.push(text("record_imputed"));
  if (record.refusal !== null) words.push(text("record_refused", record.refusal.reason));
  if (record.is_shared) words.push(text("record_shared_note"));
  return [h("p", { class: "soft small" }, words.join(" "))];
}

function typed(record: LedgerRecord, writing: Writing, say: (correction: Correction) => void): HTMLElement {
  const { text } = writing;
  const { currency } = record.task.reward ?? record.paid ?? { currency: "USD" };
  const worked = workedSeconds(record);
  const minutes = number(`minutes-${record.id}`, worked / 60, mostSeconds(record) / 60);
  const paid = number(`paid-${record.id}`, record.paid === null ? null : record.paid.micros / MICROS, null);
  const outcome = h(
    "select",
    { id: `outcome-${record.id}` },
    ...choices(record).map((one) =>
      h(
        "option",
        { value: one, ...(one === record.outcome ? { selected: "" } : {}) },
        text(`outcome_${one}`),
      ),
    ),
  );
  const form = h(
    "form",
    { class: "fields" },
    field(text("record_minutes"), minutes),
    field(text("records_outcome"), outcome),
    field(text("record_pay", currency), paid),
    h("button", { type: "submit" }, text("record_save")),
  );
  const before = { minutes: minutes.value, paid: paid.value };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const micros = Math.round(paid.valueAsNumber * MICROS);
    say({
      outcome: outcome.value as RecordOutcome,
      ...(minutes.value === before.minutes ? {} : { seconds: secondsIn(minutes) }),
      ...(paid.value === before.paid ? {} : { paid: Number.isNaN(micros) ? null : { micros, currency } }),
    });
  });
  return form;
}

/** What is not known is no choice, but it may stay so. */
function choices({ outcome }: LedgerRecord): readonly RecordOutcome[] {
  return outcome === "end_unseen" ? [outcome, ...OUTCOMES] : OUTCOMES;
}

function secondsIn(minutes: HTMLInputElement): number | null {
  return Number.isNaN(minutes.valueAsNumber) ? null : minutes.valueAsNumber * 60;
}

function number(id: string, value: number | null, most: number | null): HTMLInputElement {
  const input = h("input", { type: "number", id, min: "0", step: "any", inputmode: "decimal" });
  if (value !== null) input.value = String(Math.round(value * 100) / 100);
  if (most !== null) input.max = String(Math.ceil(most));
  return input;
}

/** Two clicks, so that none is deleted by a slip. */
function deleting({ writing }: RecordDesk, remove: () => void): HTMLElement {
  const first = h("button", { type: "button", class: "danger delete" }, writing.text("record_delete"));
  const sure = h(
    "button",
    { type: "button", class: "danger sure", hidden: "" },
    writing.text("record_delete_sure"),
  );
  first.addEventListener("click", () => {
    first.hidden = true;
    sure.hidden = false;
    sure.focus();
  });
  sure.addEventListener("click", remove);
  return h("div", {}, first, sure);
}
