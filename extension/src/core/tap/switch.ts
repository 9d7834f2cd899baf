/** Where the tap runs: on sites whose own switch the worker turned on, and nowhere in quiet mode, since a page can tell that somebody listens. */

import type { Settings } from "../../platform/storage";

export async function tapped({
  taps,
  is_quiet,
}: Pick<Settings, "taps" | "is_quiet">): Promise<Record<string, boolean>> {
  return (await is_quiet.get()) ? {} : taps.get();
}
