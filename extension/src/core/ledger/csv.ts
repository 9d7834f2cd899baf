/** The ledger as a table for a spreadsheet: one line a record, and no cell that a spreadsheet would run. */

import type { Money } from "../../generated/contract";
import { MICROS } from "../money";
import { promised } from "./pay";
import { type LedgerRecord, workedSeconds } from "./record";

/** Spreadsheets take a cell that begins so for a formula, blanks or not. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff0b\uff0d\uff1d\uff20|%]/u;
const BYTE_ORDER_MARK = "\ufeff"; // without it, Excel reads letters wrong

type Cell = string | number | null;

const COLUMNS: readonly [name: string, cell: (record: LedgerRecord) => Cell][] = [
  ["id", ({ id }) => id],
  ["day", ({ day }) => day],
  ["platform", ({ platform }) => platform],
  ["client_id", ({ task }) => task.client?.id ?? null],
  ["client_name", ({ task }) => task.client?.name ?? null],
  ["task_id", ({ task }) => task.task.id],
  ["title", ({ task }) => task.task.title],
  ["outcome", ({ outcome }) => outcome],
  ["claimed_at", ({ claimed_at }) => new Date(claimed_at).toISOString()],
  ["ended_at", ({ ended_at }) => new Date(ended_at).toISOString()],
  ["end_imputed", ({ end_imputed }) => (end_imputed ? "yes" : "no")],
  ["counted_seconds", (record) => Math.round(workedSeconds(record))],
  ["measured_seconds", ({ active_seconds }) => Math.round(active_seconds)],
  ["corrected_seconds", ({ corrected_seconds }) => corrected_seconds],
  ["estimate_seconds", ({ task }) => task.estimate_seconds],
  ["limit_seconds", ({ task }) => task.limit_seconds],
  ["listed", (record) => units(promised(record.task, workedSeconds(record)))],
  ["listed_currency", ({ task }) => task.reward?.currency ?? null],
  ["paid", ({ paid }) => units(paid)],
  ["paid_currency", ({ paid }) => paid?.currency ?? null],
  ["bonus", ({ bonus }) => units(bonus ?? null)],
  ["other_paid", ({ other_paid = [] }) => otherPaid(other_paid)],
  ["decided_on", ({ decided_on }) => decided_on],
];

export const CSV_HEAD = `${BYTE_ORDER_MARK}${COLUMNS.map(([name]) => name).join(",")}\r\n`;

/** Lines of the table. */
export function csvLines(records: readonly LedgerRecord[]): string {
  return records
    .map((record) => `${COLUMNS.map(([, cell]) => written(cell(record))).join(",")}\r\n`)
    .join("");
}

function units(money: Money | null): number | null {
  return money && money.micros / MICROS;
}

/** Amounts in other currencies, as "1.25 EUR; 3 GBP". */
function otherPaid(amounts: readonly Money[]): Cell {
  return amounts.map((one) => `${units(one)} ${one.currency}`).join("; ") || null;
}

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const harmless = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;\t]/.test(harmless) || harmless !== harmless.trim()
    ? `"${harmless.replaceAll('"', '""')}"`
    : harmless;
}
