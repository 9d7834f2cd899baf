/** What was left out of a file, in words: reason, count and an example each; words that are not known are named. */

import type { LeftOut } from "../../core/imports/entry";
import type { TakenIn } from "../../core/imports/merge";
import { count, type Writing } from "../panel/format";

const MOST_LETTERS = 60;

export function leftOutWords(left_out: TakenIn["left_out"], writing: Writing): string[] {
  const { text } = writing;
  return Object.entries(left_out).map(([reason, { rows, example, words }]) => {
    const isNamed = reason === "unknown_outcome" && words.length > 1;
    const sentences = [text(`history_left_${reason}`, count(rows, writing)), exampleWords(example, writing)];
    return [...sentences, ...(isNamed ? [text("history_words", words.join(", "))] : [])].join(" ");
  });
}

function exampleWords({ line, column, cell }: LeftOut, { text, locale }: Writing): string {
  const number = new Intl.NumberFormat(locale, { useGrouping: false }).format(line);
  const place = column === null ? text("history_line", number) : text("history_line_column", number, column);
  return `${place}: ${cell === null ? "–" : cell.slice(0, MOST_LETTERS)}.`;
}
