/** The settings: what the extension may do, where, and for whom it counts. Sections with a list of contents. */

import { text } from "../../platform/browser";
import { display } from "../consent/display";
import { sharedSites, sites } from "../consent/sites";
import { switches } from "../consent/switches";
import { h } from "../panel/element";
import { begin, masthead, statusLine } from "../panel/page";
import { alarmSection } from "./alarm";
import { country } from "./country";
import { floorSection } from "./floor";
import { home } from "./home";
import { updatesSection } from "./pack_updates";
import { tapSection } from "./tap";
import { taughtSection } from "./teach";
import { watchSection } from "./watchlist";

/** A section's name in the address, the key of its heading, and what makes it. */
type Section = [name: string, heading: string, make: (say: (words: string) => void) => Promise<HTMLElement>];

const SECTIONS: readonly Section[] = [
  ["choice", "consent_switches", switches],
  ["sites", "consent_sites", sites],
  ["display", "consent_display", display],
  ["floor", "floor_heading", floorSection],
  ["alarm", "alarm_heading", alarmSection],
  ["watch", "watch_heading", watchSection],
  ["taught", "taught_heading", taughtSection],
  ["tap", "tap_heading", tapSection],
  ["pack-updates", "updates_heading", updatesSection],
  ["shared", "options_shared_sites", sharedSites],
  ["country", "options_country", country],
  ["home", "options_home", home],
];

async function main(root: HTMLElement): Promise<void> {
  begin(`${text("page_options")} – ${text("extension_name")}`);
  const { line, say } = statusLine();
  const sections = await Promise.all(SECTIONS.map((section) => made(section, say)));
  const shown = sections.filter(({ element }) => !element.hidden);
  root.append(
    masthead("options"),
    h("h1", {}, text("page_options")),
    contents(shown),
    ...sections.map(({ element }) => element),
    line,
  );
  const asked = document.getElementById(location.hash.slice(1).split("=")[0] ?? "");
  asked?.scrollIntoView();
}

interface Made {
  name: string;
  heading: string;
  element: HTMLElement;
}

/** One section that fails costs itself alone: consent and all others stay within reach. */
async function made([name, heading, make]: Section, say: (words: string) => void): Promise<Made> {
  try {
    const element = await make(say);
    element.id = name;
    return { name, heading, element };
  } catch {
    const failed = h("p", { class: "warn" }, text("options_section_failed", text(heading)));
    return {
      name,
      heading,
      element: h("section", { class: "card", id: name }, h("h2", {}, text(heading)), failed),
    };
  }
}

function contents(sections: readonly Made[]): HTMLElement {
  const links = sections.map(({ name, heading }) => h("li", {}, h("a", { href: `#${name}` }, text(heading))));
  return h("nav", { class: "contents", "aria-label": text("options_contents") }, h("ul", {}, ...links));
}

const root = document.getElementById("options");
if (root) void main(root);
