/** One content script a page: a newer one, of an update or of a site that was switched on, takes the place of the one before. */

const PLACE = Symbol.for("taskwage content");
type World = { [PLACE]?: AbortController };

/** This script's hold on the page. `isNewcomer`: another script held it before. */
export interface Place {
  all: AbortController;
  isNewcomer: boolean;
}

/** Ends the script that ran here before; what is returned ends when the next one comes. */
export function takePlace(): Place {
  const world = globalThis as World;
  const before = world[PLACE];
  before?.abort();
  const all = new AbortController();
  world[PLACE] = all;
  return { all, isNewcomer: before !== undefined };
}
