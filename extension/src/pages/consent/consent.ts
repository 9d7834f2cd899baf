/** The page that opens once after the install: the switches and the sites first, then what is read, what never is, what is sent. */

import { text } from "../../platform/browser";
import { h } from "../panel/element";
import { written } from "../panel/json";
import { begin, masthead, statusLine } from "../panel/page";
import { display } from "./display";
import { example } from "./example";
import { sites } from "./sites";
import { switches } from "./switches";

function list(title: string, ...keys: string[]): HTMLElement {
  const lines = keys.map((key) => h("li", {}, text(key)));
  return h("section", { class: "card" }, h("h2", {}, text(title)), h("ul", {}, ...lines));
}

function sent(): HTMLElement {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, text("consent_example")),
    written(example(), text("consent_example")),
    h("p", { class: "soft small" }, text("consent_example_note")),
  );
}

async function main(root: HTMLElement): Promise<void> {
  begin(text("extension_name"));
  const { line, say } = statusLine();
  root.append(
    masthead("consent"),
    h("h1", {}, text("consent_title")),
    h("p", {}, text("consent_lead")),
    await switches(say),
    await display(say),
    await sites(say),
    line,
    list(
      "consent_reads",
      "consent_reads_1",
      "consent_reads_2",
      "consent_reads_3",
      "consent_reads_4",
      "consent_reads_5",
    ),
    list("consent_never", "consent_never_1", "consent_never_2", "consent_never_3", "consent_never_4"),
    sent(),
    h("p", { class: "soft small" }, text("consent_footer")),
  );
}

const root = document.getElementById("consent");
if (root) main(root);
