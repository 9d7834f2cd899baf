/** The settings that other parts of the extension bring along, in the order in which they are shown. */

import { alarmSection } from "./alarm";
import { floorSection } from "./floor";
import { updatesSection } from "./pack_updates";
import { quietSection } from "./side_panel";
import { tapSection } from "./tap";
import { taughtSection } from "./teach";
import { watchSection } from "./watchlist";

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
