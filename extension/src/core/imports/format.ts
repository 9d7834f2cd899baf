/** Which platform's history a file is, and what its columns mean. */

import type { Export, ExportColumns, Pack } from "../../generated/contract";
import { folded, type Row, type Sheet } from "./sheet";

export type Column = keyof ExportColumns;

export interface Format {
  pack: Pack;
  kind: Export;
}

/** The pack whose marks the file bears; of several the one with the most. */
export function formatOf(packs: readonly Pack[], sheet: Sheet): Format | null {
  const names = new Set(sheet.names.map(folded));
  const fitting = packs.flatMap((pack) =>
    pack.exports
      .filter(({ marks }) => marks.every((mark) => names.has(folded(mark))))
      .map((kind) => ({ pack, kind })),
  );
  return fitting.toSorted((one, other) => other.kind.marks.length - one.kind.marks.length)[0] ?? null;
}

/** What stands in a row for `column`; null where the file does not tell. */
export function cell(row: Row, kind: Export, column: Column): string | null {
  for (const name of kind.columns[column]) {
    const found = row.get(folded(name));
    if (found !== undefined) return found;
  }
  return null;
}

/** A file of no known kind, as the worker says it is to be read: everything in it was paid. */
export function chosenFormat(pack: Pack, columns: Partial<Record<Column, string>>): Format {
  const of = (column: Column): string[] => (columns[column] === undefined ? [] : [columns[column]]);
  const kind: Export = {
    name: "chosen",
    marks: Object.values(columns),
    columns: {
      title: of("title"),
      attempt: of("attempt"),
      client_id: of("client_id"),
      client_name: of("client_name"),
      task_id: of("task_id"),
      started: of("started"),
      ended: of("ended"),
      day: of("day"),
      seconds: of("seconds"),
      reward: of("reward"),
      paid: of("paid"),
      bonus: of("bonus"),
      outcome: of("outcome"),
    },
    outcomes: [],
    outcome: "paid",
    reward_per: "task",
    has_parts: false,
    page: null,
    until: null,
  };
  return { pack, kind };
}
