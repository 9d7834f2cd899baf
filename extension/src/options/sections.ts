/** The settings that other parts of the extension bring along, in the order in which they are shown. */

import { alarmSection } from "../alarm/section";
import { floorSection } from "../floor/section";
import { updatesSection } from "../pack_updates/section";
import { quietSection } from "../panel_list/section";
import { tapSection } from "../tap/section";
import { taughtSection } from "../teach/section";
import { watchSection } from "../watchlist/section";

const SECTIONS: (() => Promise<HTMLElement>)[] = [
  floorSection,
  quietSection,
  taughtSection,
  alarmSection,
  watchSection,
  tapSection,
  updatesSection,
];

export function sections(): Promise<HTMLElement[]> {
  return Promise.all(SECTIONS.map((section) => section()));
}
