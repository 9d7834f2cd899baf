/** Which platform's history a file is, and what its columns mean. */

import type { Export, ExportColumns, Pack, Told } from "../../generated/contract";
import { folded, type Row, type Sheet } from "./sheet";

export type Column = keyof ExportColumns;

export interface Format {
  pack: Pack;
  kind: Export;
}

/** How the worker says that a file of no known kind is to be read. */
export interface Choice {
  columns: Partial<Record<Column, string>>;
  /** What each word of the column of outcomes means; a word that is not here is left out. */
  words: ReadonlyMap<string, Told>;
  /** Of every row, where there is no column of outcomes. */
  outcome: Told;
}

/** The pack whose marks the file has; of several the one with the most. */
export function formatOf(packs: readonly Pack[], sheet: Sheet): Format | null {
  const names = new Set(sheet.names.map(folded));
  const fitting = packs.flatMap((pack) =>
    pack.exports
      .filter(({ marks }) => marks.every((mark) => names.has(folded(mark))))
      .map((kind) => ({ pack, kind })),
  );
  return fitting.toSorted((one, other) => other.kind.marks.length - one.kind.marks.length)[0] ?? null;
}

/** `format` with the meanings that the worker gave to words which it does not know. */
export function withWords({ pack, kind }: Format, words: ReadonlyMap<string, Told>): Format {
  const more = [...words].map(([word, told]) => ({ outcome: told, words: [word] }));
  return { pack, kind: { ...kind, outcomes: [...kind.outcomes, ...more] } };
}

/** The text of a row in `column`; null where the file has none. */
export function cell(row: Row, kind: Export, column: Column): string | null {
  for (const name of kind.columns[column]) {
    const found = row.cells.get(folded(name));
    if (found !== undefined) return found;
  }
  return null;
}

/** The name of `column` as the file spells it; null where the file has no such column. */
export function nameOf({ names }: Sheet, kind: Export, column: Column): string | null {
  const spellings = new Set(kind.columns[column].map(folded));
  return names.find((name) => spellings.has(folded(name))) ?? null;
}

/** A file of no known kind, read as the worker says. */
export function chosenFormat(pack: Pack, { columns, words, outcome }: Choice): Format {
  const of = (column: Column): string[] => {
    const name = columns[column];
    return name === undefined ? [] : [name];
  };
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
    outcomes: [...words].map(([word, told]) => ({ outcome: told, words: [word] })),
    unfinished: [],
    dates: null,
    outcome,
    reward_per: "task",
    has_parts: false,
    page: null,
    until: null,
  };
  return { pack, kind };
}
