/** What every page of ours begins with: its language, its direction, and the way to the others. */

import { direction, language, text } from "../../platform/browser";
import { h } from "./element";

/** Our pages, in the order in which they are offered. */
const PAGES = {
  ledger: "page_ledger",
  outbox: "page_outbox",
  options: "page_options",
  consent: "page_consent",
};
export type PageName = keyof typeof PAGES;

/** Sets the document up in the worker's language. */
export function begin(title: string): void {
  document.documentElement.lang = language();
  document.documentElement.dir = direction();
  document.title = title;
}

/** The head of a page: our name, and links to the other pages. */
export function masthead(current: PageName): HTMLElement {
  return h(
    "header",
    { class: "masthead" },
    h("div", { class: "brand" }, h("img", { src: "icons/48.png", alt: "" }), text("extension_name")),
    links("page", current),
  );
}

/** Links to our pages; from the popup each opens a tab of its own. */
export function links(from: "page" | "popup", current: PageName | null = null): HTMLElement {
  const made = Object.entries(PAGES).map(([name, key]) => {
    const link = h("a", { href: `${name}.html` }, text(key));
    if (name === current) link.setAttribute("aria-current", "page");
    if (from === "popup") link.target = "_blank";
    return link;
  });
  return h("nav", { class: "links", "aria-label": text("page_links") }, ...made);
}

/** One line that says what came of the last click, also to a screen reader. */
export function statusLine(): { line: HTMLElement; say: (words: string) => void } {
  const line = h("p", { role: "status", class: "soft small", id: "said" });
  return { line, say: (words) => line.replaceChildren(words) };
}
