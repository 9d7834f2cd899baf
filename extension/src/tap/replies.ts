/** What the ear heard, for the content script: both run in our world of the same page, and in nobody else's. */

import type { Replies } from "../core/page/fields";
import type { Hearing } from "./reply_store";

const PLACE = Symbol.for("taskwage ear");
type World = { [PLACE]?: Hearing };

export function leave(hearing: Hearing): void {
  (globalThis as World)[PLACE] = hearing;
}

/** Calls back with the name of each answer that comes or has come, until `signal`. Without the worker's leave none ever does. */
export function repliesHere(signal: AbortSignal, onNew: (name: string) => void): Replies {
  const hearing = (globalThis as World)[PLACE];
  hearing?.onNew(onNew, signal);
  return { get: (name) => hearing?.get(name) };
}
