/** The posted tasks of the page in front, with what is known of each: for whoever lists them beside the page. */

import type { Words } from "../../core/badge/words";
import type { TaskReading } from "../../model/readings";
import { askFront, send } from "../../platform/browser";

/** One posted task in words. */
export interface Shown {
  task: TaskReading;
  words: Words;
}

/** What the page in front lists. */
export interface Front {
  platform: string;
  /** The page no longer fits its pack. */
  isChanged: boolean;
  /** In the page's order. */
  rows: Shown[];
}

/** Null where the page in front is none that we read. */
export async function inFront(): Promise<Front | null> {
  const told = await askFront({ kind: "rows" });
  if (told === null) return null;
  const { platform, is_changed: isChanged, rows } = told;
  if (rows.length === 0) return { platform, isChanged, rows: [] };
  const { words, places } = await send({ kind: "lookup", platform, rows });
  const shown = rows.flatMap((task, place) => {
    const said = words[places[place] ?? -1];
    return said === undefined ? [] : [{ task, words: said }];
  });
  return { platform, isChanged, rows: shown };
}

export function bestFirst(shown: readonly Shown[]): Shown[] {
  return shown.toSorted((one, other) => other.words.rank - one.words.rank);
}
