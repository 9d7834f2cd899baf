/**
 * What a worker may send when a site has changed, so that its pack can be mended: the shape of the page, and nothing that stands
 * on it. It is made when the worker asks, shown before it goes anywhere, and goes nowhere by itself.
 */

import { MAX_SHAPE_LETTERS, type Page } from "../../generated/contract";
import type { Sight } from "../page/page_context";
import { cut } from "../text";
import { keysOf } from "./keys";
import { treeOf } from "./tree";

export function reportOf(sight: Sight, page: Page, reason: string): string {
  const { pack, root, replies } = sight;
  const heard = pack.replies.flatMap(({ name }) => {
    const value = replies?.get(name);
    return value === undefined ? [] : [`${name} = ${shapeOf(value)}`];
  });
  const parts = [
    [
      "A page that Taskwage can no longer read. Names of tags, classes, test ids, attributes and JSON keys; no text, no values.",
      `Site: ${pack.slug}, pack ${pack.version}. Page: ${page.name} (${page.paths.join(", ")}). Why: ${reason}.`,
    ],
    ["What the pack looks for, and how often it is there:", ...lookedFor(root, page)],
    heard.length > 0 ? ["What the page's own requests were answered:", ...heard] : [],
    ["The page:", ...treeOf(root.body ?? root.documentElement)],
  ];
  const text = parts.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return cut(text.join("\n\n"), MAX_SHAPE_LETTERS);
}

/** Of some replies nothing but the shape was heard: then it stands there in words. */
function shapeOf(value: unknown): string {
  const isTold = typeof value === "object" && value !== null && "shape" in value;
  return isTold && typeof value.shape === "string" ? value.shape : keysOf(value);
}

const SELECTORS = ["at", "rows", "list", "present", "badge", "claims", "confirm", "legend"];

/** The pack's own selectors. Of how many elements is told as nobody, one or several. */
function lookedFor(root: Document, page: Page): string[] {
  const found = new Set<string>();
  collect(page, found);
  return Array.from(found, (selector) => {
    const count = root.querySelectorAll(selector).length;
    return `${selector}: ${count > 1 ? "several" : count}`;
  });
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (SELECTORS.includes(key) && typeof inner === "string") found.add(inner);
    else collect(inner, found);
  }
}
