/** Records of earlier versions that look wrong: each with its reason, to mend or to leave. They are listed once. */

import type { Fault } from "../../core/ledger/faults";
import type { LedgerRecord } from "../../core/ledger/record";
import type { Outcome } from "../../generated/contract";
import { send } from "../../platform/browser";
import type { Database } from "../../platform/database";
import { h } from "../panel/element";
import { count, type Writing } from "../panel/format";
import { dayName } from "./words";

const SHOWN = 20;
const ENDS: readonly Outcome[] = ["submitted", "returned", "expired", "abandoned"];

export interface MendingDesk {
  writing: Writing;
  database: Database;
  again: () => Promise<void>;
}

/** Null where none looks wrong. */
export async function mending(desk: MendingDesk): Promise<HTMLElement | null> {
  const { writing, database } = desk;
  const { text } = writing;
  const faults = (await database.getAll("faults")).filter(({ kind }) => kind !== "as_said");
  if (faults.length === 0) return null;
  const shown = await Promise.all(faults.slice(0, SHOWN).map((fault) => rowOf(fault, desk)));
  const all = button("mend-all", text("mend_all"), async () => {
    for (const { id, kind } of faults) {
      if (kind !== "end_unseen") await send({ kind: "mend", id, is_mended: true });
    }
    await desk.again();
  });
  all.hidden = faults.every(({ kind }) => kind === "end_unseen");
  return h(
    "section",
    { class: "card", id: "mending" },
    h("h2", {}, text("mend_heading", count(faults.length, writing))),
    h("p", { class: "soft small" }, text("mend_note")),
    h("ul", { class: "running" }, ...shown.filter((row) => row !== null)),
    all,
  );
}

async function rowOf(fault: Fault, desk: MendingDesk): Promise<HTMLElement | null> {
  const record = await desk.database.get("records", fault.id);
  if (record === undefined) return null;
  const { text } = desk.writing;
  const choices = fault.kind === "end_unseen" ? endsOf(record, desk) : [mendOf(record, desk)];
  const leave = button(`leave-${record.id}`, text("mend_leave"), async () => {
    await send({ kind: "mend", id: record.id, is_mended: false });
    await desk.again();
  });
  return h(
    "li",
    {},
    h("span", { class: "title", dir: "auto" }, record.task.task.title),
    h("bdi", { class: "soft small" }, dayName(record.day, false, desk.writing)),
    h("p", { class: "small" }, text(`fault_${fault.kind}`)),
    h("div", { class: "row" }, ...choices, leave),
  );
}

function mendOf({ id }: LedgerRecord, { writing, again }: MendingDesk): HTMLElement {
  return button(`mend-${id}`, writing.text("mend_do"), async () => {
    await send({ kind: "mend", id, is_mended: true });
    await again();
  });
}

function endsOf({ id }: LedgerRecord, { writing, again }: MendingDesk): HTMLElement[] {
  return ENDS.map((outcome) =>
    button(`end-${outcome}-${id}`, writing.text(`task_end_${outcome}`), async () => {
      await send({ kind: "correct", id, correction: { outcome } });
      await again();
    }),
  );
}

function button(id: string, words: string, act: () => Promise<void>): HTMLButtonElement {
  const made = h("button", { type: "button", id }, words);
  made.addEventListener("click", () => void act());
  return made;
}
