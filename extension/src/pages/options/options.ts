/** The settings: what the extension may do, where, and for whom it counts. */

import { text } from "../../platform/browser";
import { sharedSites, sites } from "../consent/sites";
import { switches } from "../consent/switches";
import { h } from "../panel/element";
import { begin, masthead, statusLine } from "../panel/page";
import { country } from "./country";
import { sections } from "./sections";

async function main(root: HTMLElement): Promise<void> {
  begin(`${text("page_options")} – ${text("extension_name")}`);
  const { line, say } = statusLine();
  root.append(
    masthead("options"),
    h("h1", {}, text("page_options")),
    await switches(say),
    await sites(say),
    ...(await sections()),
    await sharedSites(say),
    await country(say),
    line,
  );
}

const root = document.getElementById("options");
if (root) main(root);
