/** How the cells of a file are to be read: the order of days, the decimal mark, the units. Decided from the whole file. */

import type { DecimalMark } from "../page/money";
import { decimalMarkOf, type MoneyManner, needsUnit, type TimeUnit, unitNamed } from "./amounts";
import { type DayOrder, dayOrderOf } from "./dates";
import { type Column, cell, type Format, nameOf } from "./format";
import type { Sheet } from "./sheet";

export interface Manner extends MoneyManner {
  day: DayOrder;
  time: TimeUnit;
}

/** What the file leaves open and the worker is asked. */
export type Question = "day" | "time" | "mark";

/** What the worker says instead of what the file shows. */
export type Answers = { [Part in keyof Manner]?: Manner[Part] | null };

const DATES: readonly Column[] = ["day", "started", "ended"];
const AMOUNTS: readonly Column[] = ["reward", "paid", "bonus"];

export function mannerOf(
  sheet: Sheet,
  format: Format,
  answers: Answers = {},
): { manner: Manner; open: ReadonlySet<Question> } {
  const open = new Set<Question>();
  const shown = dayOrderOf(textsOf(sheet, format, DATES));
  const day =
    answers.day ??
    (shown === "day_first" || shown === "month_first" ? shown : shown === null ? format.kind.dates : null);
  if (day === null && shown === null) open.add("day");
  const decimal = decimalMarkOf(textsOf(sheet, format, AMOUNTS));
  const mark: DecimalMark | null = answers.mark ?? decimal.mark;
  if (mark === null && decimal.is_open) open.add("mark");
  const time = answers.time ?? timeUnitOf(sheet, format);
  if (time === null) open.add("time");
  const currency = answers.currency ?? format.pack.currency ?? "USD";
  return {
    manner: { day, mark, time: time ?? "seconds", currency, is_minor: answers.is_minor ?? false },
    open,
  };
}

/** A platform's own file has seconds or words; of another the name of the column says it, or the worker. */
function timeUnitOf(sheet: Sheet, format: Format): TimeUnit | null {
  if (format.kind.name !== "chosen") return "seconds";
  const named = unitNamed(nameOf(sheet, format.kind, "seconds") ?? "");
  if (named !== null) return named;
  for (const text of textsOf(sheet, format, ["seconds"])) if (needsUnit(text)) return null;
  return "seconds";
}

function* textsOf({ rows }: Sheet, { kind }: Format, columns: readonly Column[]): Generator<string> {
  for (const row of rows) {
    for (const column of columns) {
      const text = cell(row, kind, column);
      if (text !== null) yield text;
    }
  }
}
