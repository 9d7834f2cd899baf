/** The posted tasks of the page in front, with what is known of each: for whoever lists them beside the page. */

import type { Words } from "../../core/badge/words";
import type { TaskReading } from "../../model/readings";
import { askFront, send } from "../../platform/browser";

/** One posted task in words. */
export interface Shown {
  task: TaskReading;
  words: Words;
}

/** In the page's order; null where the page in front is none that we read. */
export async function inFront(): Promise<Shown[] | null> {
  const told = await askFront({ kind: "rows" });
  if (told === null) return null;
  const { platform, rows } = told;
  const { words } = await send({ kind: "lookup", platform, rows });
  return rows.flatMap((task, place) => {
    const said = words[place];
    return said === undefined ? [] : [{ task, words: said }];
  });
}

export function bestFirst(shown: readonly Shown[]): Shown[] {
  return shown.toSorted((one, other) => other.words.rank - one.words.rank);
}
