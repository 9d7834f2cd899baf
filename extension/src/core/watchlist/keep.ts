/** The one way to change the kept list: one change at a time, whichever page it comes from. */

import { alone } from "../../platform/browser";
import type { Settings } from "../../platform/storage";
import type { WatchList } from "./entry";

export async function changeList(
  settings: Pick<Settings, "watchlist">,
  change: (list: WatchList) => WatchList,
): Promise<void> {
  await alone("watchlist", async () => {
    const before = await settings.watchlist.get();
    const after = change(before);
    if (after !== before) await settings.watchlist.set(after);
  });
}
